/** A card that works without a network. */

import { h, refill } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, field, form } from '../lib/ui.js';
import { face } from './face.js';

/** @param {import('./main.js').App} app */
export function offlineViews(app) {
  return { offline: () => offline(app) };
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
