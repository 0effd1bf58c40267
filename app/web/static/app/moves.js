/** What moved a score, one line for each kind of fact and why; the lines add up to the change exactly. */

import { h } from '../lib/dom.js';
import { day, signedPoints } from '../lib/format.js';
import { t } from '../lib/i18n.js';

/** @typedef {{move: any, why: string, n: number, units: number | undefined}} Line moves of one kind, for one reason */

/** @param {any[]} moved */
export const moveList = (moved) => h('ul', { class: 'list', role: 'list' }, lines(moved).map((line) => h('li', null, row(line))));

/** @param {any[]} moved @returns {Line[]} */
function lines(moved) {
  /** @type {Map<string, Line>} */
  const found = new Map();
  for (const move of moved) {
    const why = move.because.map((/** @type {any} */ code) => code.name).join(t('list.and'));
    const key = [move.place, move.name, move.part, move.source?.code, why].join('|');
    const line = found.get(key);
    if (!line) found.set(key, { move, why, n: 1, units: move.units });
    else Object.assign(line, { n: line.n + 1, units: line.units === undefined ? undefined : line.units + move.units });
  }
  return [...found.values()];
}

/** One record leads to its life. @param {Line} line */
function row({ move, why, n, units }) {
  const when = n > 1 ? t('score.count', { n }) : move.event_on && day(move.event_on);
  const where = [move.source?.name, when, move.part].filter(Boolean).join(' · ');
  const body = [h('span', { class: 'strong' }, move.name), why && h('span', { class: 'small' }, why), where && h('span', { class: 'small soft' }, where)];
  const points = h('strong', { class: 'item-points' }, units === undefined ? '' : signedPoints(units));
  const one = n === 1 && move.record_id;
  return h(one ? 'a' : 'div', { class: one ? 'item-link' : 'item', href: one && `#/record/${one}` }, h('span', { class: 'item-body' }, ...body), points);
}
