/** The name card: what it shows, exchanging it, the cards that I hold, and one that works without a network. */

import { h, refill } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { busy, button, card, empty, field, form, list, rowLink, section, tell } from '../lib/ui.js';
import { codePanel } from './code.js';
import { watch } from './events.js';
import { more } from '../lib/more.js';
import { face } from './face.js';

const FIELDS = ['verified', 'city', 'grade', 'score', 'volunteer_stars', 'blood_donor', 'honours'];
const NAMES = ['masked', 'full', 'nickname'];

/** @param {import('./main.js').App} app */
export function cardViews(app) {
  return { card: () => mine(app), exchange: (/** @type {string} */ way) => exchange(app, way), cards: () => holder(app), offline: () => offline(app) };
}

/** @param {import('./main.js').App} app */
async function mine(app) {
  const own = await app.api.get('/citizen/v1/name-card');
  const preview = h('div', { 'aria-live': 'polite' }, face(own.preview));
  const ways = [['exchange', 'swap'], ['cards', 'card'], ['offline', 'code']];
  return {
    title: t('card.title'),
    tab: 'me',
    back: '#/me',
    body: [
      h('p', { class: 'small soft lead' }, t('card.lead')),
      preview,
      section(null, list(ways.map(([name, picture]) => rowLink({ href: `#/${name}`, icon: icon(picture), title: t(`card.${name}`), text: t(`card.${name}.more`) })))),
      choices(app, own, preview),
    ],
  };
}

/** Ticks take effect at once, and the preview shows what the server would show. @param {import('./main.js').App} app @param {any} own @param {HTMLElement} preview */
function choices(app, own, preview) {
  const place = h('div', { class: 'problem-place' });
  const nickname = h('input', { class: 'input', maxlength: 20, value: own.nickname ?? '', autocomplete: 'off' });
  const save = async () => {
    const answer = await app.api.put('/citizen/v1/name-card', {
      ...(nickname.value.trim() ? { nickname: nickname.value.trim() } : {}),
      show: { name_kind: chosen.querySelector('input:checked').value, fields: FIELDS.filter((name) => ticks.querySelector(`[name=${name}]`).checked) },
    });
    refill(preview, face(answer.preview), ...answer.warnings.map((/** @type {any} */ warning) => h('p', { class: 'notice small' }, warning.detail)));
  };
  const changed = () => busy(place, save, place);
  const ticks = h('ul', { class: 'card card-flush list', role: 'list' }, FIELDS.map((name) => h('li', null, tick('checkbox', name, '1', t(`field.${name}`), own.show.fields.includes(name)))));
  const chosen = h('ul', { class: 'card card-flush list', role: 'list' }, NAMES.map((name) => h('li', null, tick('radio', 'name_kind', name, t(`name.${name}`), own.show.name_kind === name))));
  for (const part of [ticks, chosen, nickname]) part.addEventListener('change', changed);
  return h('div', null, section(t('card.name'), chosen), section(null, card(field(t('card.nickname'), nickname, t('card.nickname.hint')))), section(t('card.fields'), ticks), place);
}

/** @param {string} type @param {string} name @param {string} value @param {string} text @param {boolean} on */
const tick = (type, name, value, text, on) => h('label', { class: 'choice' }, h('input', { type, name, value, checked: on }), h('span', null, text));

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

/** @param {import('./main.js').App} app */
function offline(app) {
  const purpose = h('select', { class: 'input' }, ['introduction', 'credit'].map((name) => h('option', { value: name }, t(`purpose.${name}`))));
  const minutes = h('select', { class: 'input' }, [[60, 'hour'], [720, 'day'], [5, 'minutes']].map(([value, name]) => h('option', { value }, t(`offline.${name}`))));
  const place = h('div', { role: 'status', class: 'section' });
  const shows = () => (purpose.value === 'credit' ? ['verified', 'city', 'grade'] : ['verified', 'city', 'volunteer_stars', 'blood_donor', 'honours']);
  const ask = form(async () => {
    const own = await app.api.get('/citizen/v1/name-card');
    const fields = own.show.fields.filter((/** @type {string} */ name) => shows().includes(name));
    const made = await app.api.post('/citizen/v1/name-card/offline', { purpose: purpose.value, minutes: Number(minutes.value), show: { ...own.show, fields } });
    refill(place, face(made.preview), h('div', { class: 'card code-card section' }, h('img', { class: 'code-picture code-picture-large', src: made.qr_svg, alt: t('offline.alt') }), h('p', { class: 'soft small' }, t('offline.until', { when: when(made.expires_at) }))));
    place.scrollIntoView({ block: 'start' });
  }, t('offline.make'), field(t('offline.purpose'), purpose), field(t('offline.term'), minutes));
  return { title: t('card.offline'), tab: 'me', back: '#/card', body: [h('p', { class: 'soft lead' }, t('offline.lead')), card(ask), place] };
}
