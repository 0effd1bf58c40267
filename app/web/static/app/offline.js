/** A card that works without a network. */

import { serverNow } from '../lib/clock.js';
import { h, refill } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, field, form } from '../lib/ui.js';
import { face } from './face.js';

/** What each purpose shows of what the card ticks; an exact score is never on a picture that others can photograph. @type {Record<string, string[]>} */
const SHOWS = {
  introduction: ['verified', 'city', 'volunteer_stars', 'blood_donor', 'honours', 'legal_role'],
  credit: ['verified', 'city', 'grade'],
};

/** @param {import('./main.js').App} app */
export function offlineViews(app) {
  return { offline: () => offline(app) };
}

/** @param {import('./main.js').App} app */
function offline(app) {
  const purpose = h('select', { class: 'input' }, Object.keys(SHOWS).map((name) => h('option', { value: name }, t(`purpose.${name}`))));
  const minutes = h('select', { class: 'input' }, [[60, 'hour'], [720, 'day'], [5, 'minutes']].map(([value, name]) => h('option', { value }, t(`offline.${name}`))));
  const place = h('div', { role: 'status', class: 'section' });
  const ask = form(async () => {
    const own = await app.api.get('/citizen/v1/name-card');
    const fields = own.show.fields.filter((/** @type {string} */ name) => SHOWS[purpose.value].includes(name));
    const made = await app.api.post('/citizen/v1/name-card/offline', { purpose: purpose.value, minutes: Number(minutes.value), show: { ...own.show, fields } });
    refill(place, face(made.preview), codePicture(made, t('offline.alt'), app.stage.signal));
    place.scrollIntoView({ block: 'start' });
  }, t('offline.make'), field(t('offline.purpose'), purpose), field(t('offline.term'), minutes));
  return { title: t('card.offline'), tab: 'me', back: '#/card', body: [h('p', { class: 'soft lead' }, t('offline.lead')), card(ask), place] };
}

/** As large as the screen allows, black on white whatever the page's colours; pale once it is over, and said so. @param {any} made @param {string} alt @param {AbortSignal} signal */
export function codePicture(made, alt, signal) {
  const code = h('img', { class: 'code-picture code-picture-large', src: made.qr_svg, alt });
  const until = h('p', { class: 'soft small', role: 'status' }, t('offline.until', { when: when(made.expires_at) }));
  const over = setTimeout(() => {
    code.classList.add('is-over');
    refill(until, t('offline.over'));
  }, Date.parse(made.expires_at) - serverNow());
  signal.addEventListener('abort', () => clearTimeout(over));
  return h('div', { class: 'card code-card code-card-large section' }, code, until);
}
