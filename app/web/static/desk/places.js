/** A partner's places on the merchant map: all of them, one more, one less. */

import { h } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { button, card, empty, facts, field, form, section } from '../lib/ui.js';
import { may } from './approvals.js';

const TEXTS = [['name_zh', 'nameZh'], ['name_en', 'nameEn'], ['address_zh', 'addressZh'], ['address_en', 'addressEn'], ['opening_zh', 'openingZh'], ['opening_en', 'openingEn'], ['city', 'city']];

/** @param {import('./main.js').Desk} desk */
export function placeViews(desk) {
  return { places: (/** @type {string} */ id) => places(desk, id) };
}

/** @param {import('./main.js').Desk} desk @param {string} id */
async function places(desk, id) {
  const path = `/operator/v1/partners/${encodeURIComponent(id)}`;
  const [partner, { data }, me] = await Promise.all([desk.api.get(path), desk.api.get(`${path}/places?limit=100`), desk.me()]);
  const office = may(me, 'admin', 'office');
  return {
    title: `${partner.name_zh} · ${t('place.title')}`,
    tab: 'partners',
    back: `#/partner/${id}`,
    body: [
      data.length ? data.map((/** @type {any} */ place) => shown(desk, path, place, office)) : empty('pin', t('place.none')),
      office && section(t('place.new'), adding(desk, path, partner)),
    ],
  };
}

/** @param {import('./main.js').Desk} desk @param {string} path @param {any} place @param {boolean} office */
function shown(desk, path, place, office) {
  const remove = async () => {
    await desk.api.delete(`${path}/places/${place.id}`);
    await desk.stage.again();
  };
  return section(place.name_zh, card(
    facts([
      [t('place.nameEn'), place.name_en],
      [t('place.addressZh'), place.address_zh],
      [t('place.openingZh'), place.opening_zh],
      [t('place.city'), place.city],
      [t('place.latitude'), String(place.latitude)],
      [t('place.longitude'), String(place.longitude)],
      [t('partner.scenarios'), place.scenarios.join(t('comma'))],
    ]),
    office && button(t('place.remove'), remove, { kind: 'button-quiet' }),
  ));
}

/** @param {import('./main.js').Desk} desk @param {string} path @param {any} partner */
function adding(desk, path, partner) {
  const texts = TEXTS.map(([name]) => h('input', { class: 'input', name, maxlength: 200, autocomplete: 'off' }));
  const [latitude, longitude] = ['latitude', 'longitude'].map((name) => h('input', { class: 'input', name, inputmode: 'decimal', autocomplete: 'off' }));
  const datum = h('input', { type: 'checkbox', name: 'datum' });
  const boxes = partner.scenarios.map((/** @type {string} */ code) => h('input', { type: 'checkbox', name: 'scenario', value: code, checked: true }));
  const send = async () => {
    await desk.api.post(`${path}/places`, {
      ...Object.fromEntries(texts.map((/** @type {any} */ input) => [input.name, input.value.trim()])),
      latitude: degrees(latitude.value),
      longitude: degrees(longitude.value),
      datum: datum.checked ? 'gcj02' : 'wgs84',
      scenarios: boxes.filter((/** @type {any} */ box) => box.checked).map((/** @type {any} */ box) => box.value),
    });
    await desk.stage.again();
  };
  return card(form(
    send,
    t('place.new'),
    ...TEXTS.map(([, word], at) => field(t(`place.${word}`), texts[at])),
    field(t('place.latitude'), latitude),
    field(t('place.longitude'), longitude),
    h('label', { class: 'choice' }, datum, h('span', null, t('place.datum'))),
    h('fieldset', { class: 'plain' }, h('legend', { class: 'strong' }, t('partner.scenarios')), boxes.map((/** @type {any} */ box) => h('label', { class: 'choice' }, box, h('span', null, box.value)))),
  ));
}

/** What is no number is sent as it stands, and answered in words. @param {string} text */
const degrees = (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text));
