/** Exchanging cards: showing my code, or entering theirs. */

import { h, refill } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { card, field, form, tell } from '../lib/ui.js';
import { codePanel } from './code.js';
import { watch } from './events.js';
import { face } from './face.js';

/** @param {import('./main.js').App} app */
export function exchangeViews(app) {
  return { exchange: (/** @type {string} */ way) => exchange(app, way) };
}

/** @param {import('./main.js').App} app @param {string} [way] */
function exchange(app, way = 'show') {
  const segment = (/** @type {string} */ name) => h('button', { type: 'button', 'aria-pressed': String(name === way), onclick: () => app.stage.go(`#/exchange/${name}`) }, t(`exchange.${name}`));
  return {
    title: t('card.exchange'),
    tab: 'me',
    back: '#/card',
    body: [
      h('div', { class: 'segments lead', role: 'group', 'aria-label': t('card.exchange') }, segment('show'), segment('enter')),
      way === 'enter' ? enterCode(app) : showCode(app),
      h('p', { class: 'section small soft' }, t('exchange.about')),
    ],
  };
}

/** @param {import('./main.js').App} app */
function showCode(app) {
  const got = h('div', { role: 'status', class: 'section' });
  watch(app, (event) => {
    if (event.kind !== 'card.received') return;
    refill(got, h('p', { class: 'notice notice-calm' }, t('exchange.got'), ' ', h('a', { href: '#/cards' }, t('exchange.look'))));
  });
  return h('div', null, got, codePanel(app, () => ({ purpose: 'exchange' }), t('exchange.alt')));
}

/** @param {import('./main.js').App} app */
function enterCode(app) {
  const code = h('input', { class: 'input input-code', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', maxlength: 40 });
  const place = h('div', null);
  const ask = form(async () => {
    const done = await app.api.post('/citizen/v1/name-card/exchanges', { code: code.value.trim() });
    refill(place, h('div', { class: 'stack' }, h('h2', null, t('exchange.received')), face(done.received.card), h('h2', null, t('exchange.given')), face(done.given)));
    tell(t('exchange.done'));
  }, t('exchange.send'), field(t('exchange.code'), code, t('exchange.code.hint')));
  place.append(card(ask));
  return place;
}
