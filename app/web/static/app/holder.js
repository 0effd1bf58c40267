/** The cards that I hold. */

import { h } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { more } from '../lib/more.js';
import { button, empty } from '../lib/ui.js';
import { face } from './face.js';

/** @param {import('./main.js').App} app */
export function holderViews(app) {
  return { cards: () => holder(app) };
}

/** @param {import('./main.js').App} app */
async function holder(app) {
  const path = '/citizen/v1/name-cards?limit=20';
  const page = await app.api.get(path);
  return {
    title: t('card.cards'),
    tab: 'me',
    back: '#/card',
    body: [
      page.data.length ? h('div', { class: 'stack' }, page.data.map((/** @type {any} */ held) => heldCard(app, held))) : empty('card', t('cards.none')),
      more(app, path, page, (held) => heldCard(app, held)),
    ],
  };
}

/** @param {import('./main.js').App} app @param {any} held */
function heldCard(app, held) {
  const back = button(t('cards.remove'), async () => {
    await app.api.delete(`/citizen/v1/name-cards/${held.id}`);
    await app.stage.again();
  }, { kind: 'button-plain button-inline' });
  return h('div', null, face(held.card), h('div', { class: 'row-between wrap under-card' }, h('span', { class: 'small soft' }, t('cards.since', { when: when(held.received_at) })), back));
}
