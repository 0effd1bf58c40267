/** A simulation for the eye: the picture, the four rules, who moves between grades, cohorts, suggested grades. */

import { h } from '../lib/dom.js';
import { day } from '../lib/format.js';
import { language, t, worded } from '../lib/i18n.js';
import { card, facts, pill, section } from '../lib/ui.js';

/** @param {number | null | undefined} hundredths */
const points = (hundredths) => (hundredths === null || hundredths === undefined ? '–' : (hundredths / 100).toFixed(2));
/** @param {any} words */
const said = (words) => words?.[language()] ?? '';
/** @param {number | undefined} people */
export const count = (people) => (people === undefined ? t('pack.few') : String(people));

/**
 * Everything that the second person reads before approving.
 * @param {any} version with its simulation, picture and changes
 */
export function figures(version) {
  const found = version.simulation;
  return [
    changes(version),
    found ? measured(version, found) : version.status === 'proposed' && section(t('pack.simulation'), h('p', { class: 'notice notice-calm' }, t('pack.waiting'))),
  ];
}

/** @param {any} version @param {any} found */
const measured = (version, found) => [
  section(
    t('pack.simulation'),
    h('p', { class: 'small soft lead' }, t('pack.measured', { people: count(found.people), members: count(found.members), day: day(found.as_of), against: found.against ?? '–' })),
    card(h('img', { class: 'pack-picture', src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(version.picture)}`, alt: t('pack.picture') })),
    found.hidden.bins === 1 && h('p', { class: 'tiny soft' }, t('pack.hidden.bins')),
  ),
  section(t('pack.rules'), card(found.rules.map(rule))),
  section(t('pack.shape'), card(shape(found))),
  section(t('pack.moves'), moves(version, found)),
  (found.cohorts.length > 0 || found.hidden.cohorts > 0) && section(
    t('pack.cohorts'),
    h('p', { class: 'small soft lead' }, t('pack.cohorts.lead')),
    found.cohorts.length > 0 && cohorts(found),
    found.hidden.cohorts > 0 && h('p', { class: 'small soft' }, t('pack.hidden.cohorts')),
  ),
  section(t('pack.cuts'), h('p', { class: 'small soft lead' }, t('pack.cuts.lead')), cuts(version, found)),
];

/** @param {any} one */
const rule = (one) => h(
  'div',
  { class: 'pack-rule' },
  h('div', { class: 'row-between' }, h('span', { class: 'strong' }, t(`pack.rule.${one.code}`)), pill(t(`pack.mark.${one.mark}`), one.mark === 'pass' ? 'pill-accent' : one.mark === 'concern' ? 'pill-notice' : '')),
  h('p', { class: 'small soft' }, Object.entries(one.figures).sort(([a], [b]) => (a < b ? 1 : -1)).map(([name, value]) => `${figureName(name)} ${points(value)}`).join(t('comma'))),
  h('p', { class: 'tiny soft' }, t(`pack.rule.${one.code}.limit`, Object.fromEntries(Object.entries(one.limits).map(([name, value]) => [name, points(value)])))),
);

/** @param {string} name */
const figureName = (name) => (worded(`pack.figure.${name}`) ? t(`pack.figure.${name}`) : name);

/** @param {any} found */
function shape(found) {
  const { shape_before: before, shape_after: after } = found;
  if (!after) return h('p', { class: 'small soft' }, t('pack.few.lead'));
  const row = (/** @type {string} */ name) => /** @type {[string, any]} */ ([t(`pack.shape.${name}`), `${points(before?.[name])} → ${points(after[name])}`]);
  return facts([
    ...['mean', 'deviation', 'skewness', 'kurtosis'].map(row),
    [t('pack.shape.deciles'), after.deciles.length > 0 && after.deciles.join(t('comma'))],
  ]);
}

/** @param {any} version @param {any} found */
function moves(version, found) {
  const ways = h('p', { class: 'small soft lead' }, t('pack.ways', { up: count(found.up), down: count(found.down), same: count(found.same) }));
  if (!found.moves.length) return [ways, h('p', { class: 'small soft' }, t('pack.few.lead'))];
  const codes = Object.keys(version.grades).filter((code) => found.moves.some((/** @type {any} */ move) => [move.before, move.after].includes(code)));
  const cell = (/** @type {string} */ from, /** @type {string} */ to) => found.moves.find((/** @type {any} */ move) => move.before === from && move.after === to)?.people ?? '';
  const name = (/** @type {string} */ code) => said(version.grades[code]) || code;
  const head = h('tr', null, h('th', { scope: 'col' }, t('pack.moves.from')), codes.map((code) => h('th', { scope: 'col' }, name(code))));
  const rows = codes.map((from) => h('tr', null, h('th', { scope: 'row' }, name(from)), codes.map((to) => h('td', { class: from === to ? 'soft' : 'strong' }, cell(from, to)))));
  return [ways, table(t('pack.moves'), head, rows), found.hidden.moves > 0 && h('p', { class: 'tiny soft' }, t('pack.hidden', { cells: found.hidden.moves }))];
}

/** A table that scrolls by itself where it is too wide. @param {string} label @param {HTMLElement} head @param {HTMLElement[]} rows */
export const table = (label, head, rows) => h('div', { class: 'card table-wide', role: 'region', 'aria-label': label, tabindex: 0 }, h('table', null, h('thead', null, head), h('tbody', null, rows)));

/** @param {string} name of a cohort */
export const group = (name) => (worded(`pack.group.${name}`) ? t(`pack.group.${name}`) : name);

/** @param {any} found */
function cohorts(found) {
  const head = h('tr', null, ['group', 'people', 'before', 'after'].map((name) => h('th', { scope: 'col' }, t(`pack.cohort.${name}`))));
  const rows = found.cohorts.map((/** @type {any} */ one) => h(
    'tr',
    null,
    h('th', { scope: 'row' }, group(one.name)),
    [one.people, points(one.before), points(one.after)].map((value) => h('td', null, value)),
  ));
  return table(t('pack.cohorts'), head, rows);
}

/** @param {any} version @param {any} found */
const cuts = (version, found) => card(facts(found.cuts.map((/** @type {any} */ cut) => [
  said(version.grades[cut.grade]) || cut.grade,
  cut.suggested === undefined ? t('pack.cut', { now: cut.from_points }) : t('pack.cut.suggested', { now: cut.from_points, suggested: cut.suggested }),
])));

/** What it says differently, part by part; the lines of the texts below. @param {any} version */
export function changes(version) {
  if (!version.diff && !version.changes.length) return section(t('pack.changes'), h('p', { class: 'small soft' }, t('pack.changes.none')));
  return section(
    t('pack.changes'),
    card(facts(version.changes.map((/** @type {any} */ change) => [partName(change), changed(change)]))),
    version.diff && h('details', { class: 'section-tight' }, h('summary', null, t('pack.diff')), lines(t('pack.diff'), version.diff)),
  );
}

/** A text of many lines. @param {string} label @param {string} text */
export const lines = (label, text) => h('pre', { class: 'card pack-text', tabindex: 0, 'aria-label': label }, text.split('\n').map((line) => h('span', { class: line.startsWith('+') ? 'line-new' : line.startsWith('-') ? 'line-old' : null }, `${line}\n`)));

/** @param {any} change */
const partName = (change) => `${t(`pack.part.${change.part.split(' ')[0]}`)} ${said(change.name)}`;

/** @param {any} change */
function changed({ before, after }) {
  if (!before || !after) return t(before ? 'pack.gone' : 'pack.new');
  const names = Object.keys(after);
  return h('span', null, names.map((name) => h('span', { class: 'pack-change' }, `${worded(`pack.fact.${name.replace(/ /g, '_')}`) ? t(`pack.fact.${name.replace(/ /g, '_')}`) : name}: ${before[name] || '–'} → ${after[name] || '–'}`)));
}
