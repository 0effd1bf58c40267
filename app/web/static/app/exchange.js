/** Exchanging cards: showing my code, or entering theirs; each ticks what they give, and both see the result. */

import { h, refill } from '../lib/dom.js';
import { scanButton } from '../lib/camera.js';
import { day } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { Problem } from '../lib/problem.js';
import { button, buttonLink, card, field, form, tell } from '../lib/ui.js';
import { codePanel } from './code.js';
import { watch } from './events.js';
import { face } from './face.js';
import { giving } from './giving.js';

const CODE = /^[0-9A-Z]{16}$/;

/** @param {import('./main.js').App} app */
export function exchangeViews(app) {
  return { exchange: (/** @type {string} */ way) => exchange(app, way) };
}

/** @param {import('./main.js').App} app @param {string} [way] */
async function exchange(app, way = 'show') {
  const segment = (/** @type {string} */ name) => h('button', { type: 'button', 'aria-pressed': String(name === way), onclick: () => app.stage.go(`#/exchange/${name}`) }, t(`exchange.${name}`));
  return {
    title: t('card.exchange'),
    tab: 'me',
    back: '#/card',
    body: [
      h('div', { class: 'segments lead', role: 'group', 'aria-label': t('card.exchange') }, segment('show'), segment('enter')),
      way === 'enter' ? await enterCode(app) : await showCode(app),
      h('p', { class: 'section small soft' }, t('exchange.about')),
    ],
  };
}

/** The code carries what is ticked, so other ticks need another code. @param {import('./main.js').App} app */
async function showCode(app) {
  const place = h('div', { class: 'section' });
  const closed = () => refill(place, button(t('exchange.code.show'), open));
  const mine = await giving(app, { changed: closed });
  const open = () => {
    refill(place, codePanel(app, () => ({ purpose: 'exchange', ...mine.body() }), t('exchange.alt')));
    place.scrollIntoView({ block: 'center' });
  };
  closed();
  const page = h('div', null, mine.element, place);
  watch(app, async (event) => {
    if (event.kind !== 'card.received') return;
    const received = await app.api.get(`/citizen/v1/name-cards/${event.data.card_id}`).catch(() => null);
    if (received) showResult(page, received, mine.preview());
  });
  return page;
}

/** @param {import('./main.js').App} app */
async function enterCode(app) {
  const code = h('input', { class: 'input input-code', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', maxlength: 40 });
  const scan = scanButton(app.api, '/citizen/v1/code-pictures', (text) => {
    if (!CODE.test(text)) throw new Problem({ code: 'no-exchange-code', detail: t('exchange.notCode') });
    code.value = text;
  });
  const page = h('div', null);
  const mine = await giving(app);
  const ask = form(async () => {
    const done = await app.api.post('/citizen/v1/name-card/exchanges', { code: code.value.trim(), ...mine.body() });
    showResult(page, done.received, done.given, done.given_until);
  }, t('exchange.send'), card(h('div', { class: 'stack' }, scan, field(t('exchange.code'), code, t('exchange.code.hint')))), mine.element);
  page.append(ask);
  return page;
}

/**
 * What I received, and what I gave.
 * @param {HTMLElement} page @param {any} received @param {any} given @param {string} [until]
 */
function showResult(page, received, given, until) {
  refill(
    page,
    h('div', { class: 'stack', role: 'status' },
      h('h2', null, t('exchange.received')), face(received.card), h('p', { class: 'small soft' }, t('held.until', { day: day(received.expires_at) })),
      h('h2', null, t('exchange.given')), face(given), until && h('p', { class: 'small soft' }, t('given.until', { day: day(until) })),
      buttonLink(t('exchange.look'), `#/held/${received.id}`, 'button-quiet')),
  );
  page.scrollIntoView({ block: 'start' });
  tell(t('exchange.done'));
}
