/** Lists that go on: the next page is asked for by a button, and put where the button stood. */

import { h } from './dom.js';
import { t } from './i18n.js';
import { button } from './ui.js';

/**
 * @param {{api: import('./http.js').Api}} app
 * @param {string} path with at least one query parameter
 * @param {{has_more: boolean, next_cursor?: string}} page
 * @param {(row: any) => HTMLElement} draw
 * @returns {HTMLElement | null}
 */
export function more(app, path, page, draw) {
  if (!page.has_more) return null;
  const place = h('div', { class: 'section-tight' });
  place.append(button(t('more'), async () => {
    const next = await app.api.get(`${path}&cursor=${encodeURIComponent(page.next_cursor ?? '')}`);
    place.replaceWith(...next.data.map(draw), ...[more(app, path, next, draw)].filter((node) => node !== null));
  }, { kind: 'button-quiet' }));
  return place;
}
