/** What moved a score, one line a term; the lines add up to the change exactly. */

import { h } from '../lib/dom.js';
import { day, signedPoints } from '../lib/format.js';
import { t } from '../lib/i18n.js';

/** @param {any[]} moved */
export const moveList = (moved) => h('ul', { class: 'list', role: 'list' }, moved.map((move) => h('li', null, moveRow(move))));

/** @param {any} move */
function moveRow(move) {
  const because = move.because.map((/** @type {any} */ code) => code.name).join(t('list.and'));
  const where = [move.source?.name, move.event_on && day(move.event_on), move.part].filter(Boolean).join(' · ');
  const points = h('strong', { class: 'item-points' }, move.units === undefined ? '' : signedPoints(move.units));
  const body = [h('span', { class: 'strong' }, move.name), because && h('span', { class: 'small' }, because), where && h('span', { class: 'small soft' }, where)];
  return h('div', { class: 'item' }, h('span', { class: 'item-body' }, ...body), points);
}
