/** The simulation of an offer for the eye: how many gain and lose, by group, and what its text changes. */

import { h } from '../lib/dom.js';
import { day } from '../lib/format.js';
import { t, worded } from '../lib/i18n.js';
import { card, facts, section } from '../lib/ui.js';
import { count, group, lines, table } from './pack_figures.js';

const WAYS = ['gain', 'lose', 'keep', 'neither'];

/** Everything that the second person reads before approving. @param {any} version with its simulation and changes */
export function offerFigures(version) {
  const found = version.simulation;
  return [
    changes(version),
    (found || version.status === 'proposed') && section(t('pack.simulation'), found ? measured(found) : h('p', { class: 'notice notice-calm' }, t('offer.waiting'))),
  ];
}

/** @param {any} found */
const measured = (found) => [
  h('p', { class: 'small soft lead' }, t('offer.measured', { people: count(found.people), members: count(found.members), day: day(found.as_of), against: found.against ?? '–' })),
  card(found.ways ? facts(WAYS.map((way) => [t(`offer.way.${way}`), h('span', { 'data-way': way }, String(found.ways[way]))])) : h('p', { class: 'small soft' }, t('offer.few'))),
  found.cohorts.length > 0 && section(t('pack.cohorts'), h('p', { class: 'small soft lead' }, t('offer.cohorts.lead')), cohorts(found)),
  found.hidden.cohorts > 0 && h('p', { class: 'small soft' }, t('offer.hidden.cohorts')),
];

/** @param {any} found */
function cohorts(found) {
  const head = h('tr', null, h('th', { scope: 'col' }, t('pack.cohort.group')), h('th', { scope: 'col' }, t('pack.cohort.people')), WAYS.map((way) => h('th', { scope: 'col' }, t(`offer.way.${way}`))));
  const rows = found.cohorts.map((/** @type {any} */ one) => h('tr', null, h('th', { scope: 'row' }, group(one.name)), h('td', null, one.people), WAYS.map((way) => h('td', null, one.ways[way]))));
  return table(t('pack.cohorts'), head, rows);
}

/** @param {any} version */
function changes(version) {
  if (!version.changes.length) return section(t('pack.changes'), h('p', { class: 'small soft' }, t('pack.changes.none')));
  return section(
    t('pack.changes'),
    card(facts(version.changes.map((/** @type {any} */ change) => [fieldName(change.field), h('span', null, `${change.before ?? '–'} → ${change.after ?? '–'}`)]))),
    version.diff && h('details', { class: 'section-tight' }, h('summary', null, t('pack.diff')), lines(t('pack.diff'), version.diff)),
  );
}

/** @param {string} field such as benefit.days, or steps[1].zh */
function fieldName(field) {
  const first = field.split(/[.[]/)[0];
  const rest = field.slice(first.length);
  return worded(`offer.field.${first}`) ? `${t(`offer.field.${first}`)}${rest && ` ${rest.replace(/^\./, '')}`}` : field;
}
