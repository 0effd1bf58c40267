/** The white box: every point with its record, its rule, and what would change it. */

import { h } from '../lib/dom.js';
import { day, pointsText, signedPoints } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { buttonLink, empty, facts, list, rowLink, section, sheet } from '../lib/ui.js';
import { comingNotice } from './coming.js';
import { historyFold } from './score_history.js';
import { bar, scaleOf, sumLine } from './picture.js';

const EXPLANATION = '/citizen/v1/score/explanation';
const HISTORY = '/citizen/v1/score/history?limit=3';

/** @typedef {{item: any, part: any, indicator: any, pack: any}} Found one item and where it stands */

/** @param {import('./main.js').App} app */
export function scoreViews(app) {
  return { score: () => whole(app), dimension: (/** @type {string} */ code) => dimension(app, code) };
}

/** The picture for the first screen: each dimension a bar that leads to its items. @param {import('./main.js').App} app */
export async function scorePicture(app) {
  return picture(await app.api.get(EXPLANATION));
}

/** @param {any} explained */
function picture(explained) {
  const scored = explained.dimensions.filter((/** @type {any} */ part) => part.scored !== false);
  const scale = scaleOf(scored);
  const note = explained.note && h('p', { class: 'notice notice-calm small' }, explained.note.name);
  return h('div', { class: 'picture' }, note, h('ul', { role: 'list' }, scored.map((/** @type {any} */ part) => h('li', null, partRow(part, scale)))), sumLine(explained));
}

/** @param {any} part @param {{zero: number, unit: number}} scale */
function partRow(part, scale) {
  return h(
    'a',
    { class: 'part-row', href: `#/dimension/${part.code}` },
    h('span', { class: 'row-between' }, h('span', null, part.name), h('strong', { class: part.total_units ? '' : 'soft' }, signedPoints(part.total_units))),
    bar(part, scale),
  );
}

/** @param {import('./main.js').App} app */
async function whole(app) {
  const [explained, history, news] = await Promise.all([app.api.get(EXPLANATION), app.api.get(HISTORY), comingNotice(app)]).catch(notYet);
  if (!explained) return { title: t('score.title'), tab: 'home', back: '#/home', body: [empty('chart', t('score.none'), h('div', { class: 'section' }, buttonLink(t('home.join'), '#/join')))] };
  return {
    title: t('score.title'),
    tab: 'home',
    back: '#/home',
    body: [
      news,
      h('div', { class: 'row-between lead' }, h('p', { class: 'points-small' }, explained.score), h('p', { class: 'small soft' }, t('score.about', { pack: explained.pack.name, version: explained.pack.version, day: day(explained.as_of) }))),
      explained.pack.illustrative && h('p', { class: 'notice small lead' }, t('score.illustrative')),
      h('div', { class: 'card card-picture' }, picture(explained)),
      section(t('score.items'), ...itemLists(explained)),
      unscored(explained.dimensions),
      leftOut(explained.left_out),
      whatNext(explained),
      section(t('score.history'), history.data.map(historyFold), history.has_more && h('a', { class: 'text-link', href: '#/history' }, t('score.history.all'))),
    ],
  };
}

/** When time alone may change it, and the way to try what else would. @param {any} explained */
function whatNext({ next_change_on: next }) {
  const text = next ? t('score.next', { day: day(next) }) : t('score.next.none');
  return section(t('score.changes'), list([rowLink({ href: '#/whatif', title: t('whatif.title'), text })]));
}

/** Somebody without a score is told so; other problems go on. @param {any} problem */
function notYet(problem) {
  if (['not-found', 'not-enrolled', 'score-pending', 'no-score'].includes(problem.code)) return [null, null, null];
  throw problem;
}

/** @param {any} explained */
function itemLists({ dimensions, pack }) {
  const groups = dimensions.map((/** @type {any} */ part) => [part, itemsOf(part, pack)]).filter((/** @type {any[]} */ [, items]) => items.length);
  return groups.length ? groups.map((/** @type {any[]} */ [part, items]) => folded(part, items)) : [empty('chart', t('score.noItems'))];
}

/** @param {any} part @param {any} pack @returns {Found[]} */
const itemsOf = (part, pack) => part.indicators.flatMap((/** @type {any} */ indicator) => indicator.contributions.map((/** @type {any} */ item) => ({ item, part, indicator, pack })));

/** A part's items, opened by a touch. @param {any} part @param {Found[]} items */
function folded(part, items) {
  const head = h('span', { class: 'row-between grow' }, h('span', null, part.name, h('span', { class: 'small soft' }, ` · ${t('score.count', { n: items.length })}`)), h('strong', null, signedPoints(part.total_units)));
  return h('details', { class: 'card fold', open: items.length < 4 }, h('summary', null, head), h('ul', { class: 'list', role: 'list' }, items.map((found) => h('li', null, itemRow(found)))));
}

/** @param {import('./main.js').App} app @param {string} code */
async function dimension(app, code) {
  const explained = await app.api.get(EXPLANATION);
  const part = explained.dimensions.find((/** @type {any} */ found) => found.code === code);
  if (!part) return whole(app);
  return {
    title: part.name,
    tab: 'home',
    back: '#/score',
    body: [
      h('div', { class: 'card card-picture lead' }, h('p', { class: 'row-between' }, h('span', { class: 'soft' }, t('part.adds')), h('strong', { class: 'points-small' }, signedPoints(part.total_units))), bar(part, scaleOf([part])), cut(part)),
      ...part.indicators.map((/** @type {any} */ indicator) => indicatorSection(indicator, part, explained.pack)),
    ],
  };
}

/** @param {any} part */
function cut(part) {
  if (!part.cut_units) return null;
  const key = part.cut_units > 0 ? 'part.ceiling' : 'part.floor';
  return h('p', { class: 'small soft' }, t(key, { n: pointsText(Math.abs(part.cut_units)) }));
}

/** @param {any} indicator @param {any} part @param {any} pack */
function indicatorSection(indicator, part, pack) {
  const rows = indicator.contributions.map((/** @type {any} */ item) => itemRow({ item, part, indicator, pack }));
  return h(
    'section',
    { class: 'section' },
    h('div', { class: 'row-between' }, h('h2', null, indicator.name), h('strong', null, signedPoints(indicator.total_units))),
    cut(indicator),
    rows.length ? list(rows) : h('p', { class: 'card small soft' }, indicator.reason ?? t('part.empty')),
  );
}

/** @param {Found} found */
function itemRow(found) {
  return rowLink({
    onclick: () => itemSheet(found),
    title: found.item.item.name,
    text: [found.item.source?.name, day(found.item.event_on)].filter(Boolean).join(' · '),
    end: h('strong', { class: 'item-points' }, signedPoints(found.item.units)),
  });
}

/** @param {Found} found */
function itemSheet({ item, part, indicator, pack }) {
  const aged = item.percent === 100 ? t('item.whole') : t('item.aged', { before: signedPoints(item.before_age_units), percent: item.percent });
  sheet(
    item.item.name,
    h('p', { class: 'number' }, t('item.points', { n: signedPoints(item.units) })),
    h('p', { class: 'soft' }, aged),
    facts([
      [t('item.source'), item.source?.name],
      [t('item.on'), day(item.event_on)],
      [t('item.part'), `${part.name} · ${indicator.name}`],
      [t('item.rule'), item.rule],
      [t('item.steps'), steps(indicator.age)],
      [t('item.basis'), indicator.items.find((/** @type {any} */ one) => one.code === item.item.code)?.basis],
      [t('item.until'), item.expires_on && day(item.expires_on)],
      [t('item.version'), `${pack.name} · ${pack.version}`],
    ]),
    cutNote(indicator, part),
    h('h3', null, t('item.changes')),
    h('ul', { class: 'plain-list' }, changes(item).map((text) => h('li', null, text))),
    h('a', { class: 'button button-quiet', href: `#/whatif/${item.record_id}`, onclick: closeSheet }, t('item.try')),
    h('a', { class: 'button button-quiet', href: `#/record/${item.record_id}`, onclick: closeSheet }, t('item.life')),
    h('a', { class: 'button button-quiet', href: `#/correct/${item.record_id}`, onclick: closeSheet }, t('item.wrong')),
  );
}

/** That the part of an item is at its limit, so that its points do not all reach the score. @param {any} indicator @param {any} part */
const cutNote = (indicator, part) => cut(indicator) ?? cut(part);

/** How age weakens a record, step by step. @param {any[]} age */
const steps = (age) => age.map((step) => (step.from_months ? t('item.step', { months: step.from_months, percent: step.percent }) : `${step.percent}%`)).join(t('list.then'));

/** A link in a sheet leads away from it. @param {Event} event */
function closeSheet(event) {
  /** @type {HTMLElement} */ (event.currentTarget).closest('dialog')?.close();
}

/** What would change an item's points. @param {any} item @returns {string[]} */
function changes(item) {
  const texts = [];
  if (item.next) texts.push(t('item.next', { day: day(item.next.on), percent: item.next.percent }));
  if (item.expires_on) texts.push(t(item.units < 0 ? 'item.ends.minus' : 'item.ends', { day: day(item.expires_on) }));
  return [...texts, t('item.dispute')];
}

/** What the city lists and never scores, parts and what stands in them. @param {any[]} dimensions */
function unscored(dimensions) {
  const rows = dimensions.flatMap((part) => [part, ...part.indicators]).filter((part) => part.scored === false);
  if (!rows.length) return null;
  return section(t('score.unscored'), list(rows.map((part) => h('div', { class: 'item' }, h('span', { class: 'item-body' }, h('span', { class: 'strong' }, part.name), h('span', { class: 'small soft' }, part.reason))))));
}

/** @param {any[]} rows */
function leftOut(rows) {
  if (!rows?.length) return null;
  return section(t('score.leftOut'), list(rows.map((row) => rowLink({ href: `#/record/${row.record_id}`, title: row.item.name, text: `${day(row.event_on)} · ${row.because.name}` }))));
}
