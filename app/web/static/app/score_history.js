/** The past of my score: each day on which it changed, and what moved it. */

import { h } from '../lib/dom.js';
import { day, signedPoints } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { button, empty, section } from '../lib/ui.js';
import { moveList } from './moves.js';

const HISTORY = '/citizen/v1/score/history?limit=20';
const POINT = 10000;

/** @param {import('./main.js').App} app */
export function historyViews(app) {
  return { history: () => history(app) };
}

/** @param {import('./main.js').App} app */
async function history(app) {
  const first = await app.api.get(HISTORY);
  const place = h('div', null, first.data.map(historyFold));
  return {
    title: t('history.title'),
    tab: 'home',
    back: '#/score',
    body: [
      h('p', { class: 'soft lead' }, t('history.lead')),
      first.data.length ? place : empty('chart', t('score.none')),
      first.has_more && section(null, more(app, place, first.next_cursor)),
    ],
  };
}

/** @param {import('./main.js').App} app @param {HTMLElement} place @param {string} cursor */
function more(app, place, cursor) {
  let next = cursor;
  const element = button(t('history.more'), async () => {
    const page = await app.api.get(`${HISTORY}&cursor=${encodeURIComponent(next)}`);
    place.append(...page.data.map(historyFold));
    next = page.next_cursor;
    if (!page.has_more) element.remove();
  }, { kind: 'button-quiet' });
  return element;
}

/** One change, opened by a touch. @param {any} row */
export function historyFold(row) {
  const change = row.change === undefined ? '' : signedPoints(row.change * POINT);
  const head = h(
    'span',
    { class: 'row-between grow' },
    h('span', { class: 'item-body' }, h('span', null, day(row.as_of)), h('span', { class: 'small soft' }, row.cause.name)),
    h('span', { class: 'history-end' }, h('strong', null, row.score), h('span', { class: 'small soft' }, change)),
  );
  return h(
    'details',
    { class: 'card fold' },
    h('summary', null, head),
    moveList(row.moved),
    h('p', { class: 'fold-note small soft' }, t(row.proven ? 'history.proven' : 'history.unproven', { pack: row.pack_name, version: row.pack_version })),
  );
}
