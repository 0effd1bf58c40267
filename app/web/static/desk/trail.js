/** The audit trail: what operators did and read, newest first. */

import { h } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { button, list } from '../lib/ui.js';

const PATH = '/operator/v1/actions';

/** @param {import('./main.js').Desk} desk */
export function trailViews(desk) {
  return { trail: () => trail(desk) };
}

/** @param {import('./main.js').Desk} desk */
async function trail(desk) {
  const people = await desk.api.get('/operator/v1/operators?limit=100');
  const names = new Map(people.data.map((/** @type {any} */ one) => [one.id, one.name]));
  const rows = h('div', { class: 'stack' });
  const more = button(t('more'), async () => show(await desk.api.get(`${PATH}?limit=30&cursor=${encodeURIComponent(more.dataset.cursor)}`)), { kind: 'button-quiet' });
  const show = (/** @type {any} */ page) => {
    rows.append(list(page.data.map((/** @type {any} */ deed) => row(names, deed))));
    more.hidden = !page.has_more;
    more.dataset.cursor = page.next_cursor ?? '';
  };
  show(await desk.api.get(`${PATH}?limit=30`));
  return { title: t('desk.tab.trail'), tab: 'trail', body: [h('p', { class: 'soft lead' }, t('trail.lead')), rows, h('div', { class: 'section' }, more)] };
}

/** @param {Map<string, string>} names @param {any} deed */
const row = (names, deed) => {
  const who = names.get(deed.operator_id) ?? (deed.operator_id === 'command-line' ? t('trail.by_hand') : deed.operator_id);
  const more = [who, when(deed.at), deed.target].filter(Boolean).join(' · ');
  const what = t(`deed.${deed.action.replace('-', '_')}`);
  return h('div', { class: 'item' }, h('span', { class: 'item-body' }, h('span', { class: 'strong' }, what), h('span', { class: 'small soft' }, more)));
};
