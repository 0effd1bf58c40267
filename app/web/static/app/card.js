/** The name card: what it shows, and what can be done with it. */

import { h, refill } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { busy, card, field, list, rowLink, section } from '../lib/ui.js';
import { face } from './face.js';

const FIELDS = ['verified', 'city', 'grade', 'score', 'volunteer_stars', 'blood_donor', 'honours'];
const NAMES = ['masked', 'full', 'nickname'];

/** @param {import('./main.js').App} app */
export function cardViews(app) {
  return { card: () => mine(app) };
}

/** @param {import('./main.js').App} app */
async function mine(app) {
  const own = await app.api.get('/citizen/v1/name-card');
  const preview = h('div', { 'aria-live': 'polite' }, face(own.preview));
  const ways = [['exchange', 'swap'], ['shake', 'phone'], ['cards', 'card'], ['offline', 'code'], ['wallet', 'key'], ['report', 'paper'], ['entities', 'bag']];
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
