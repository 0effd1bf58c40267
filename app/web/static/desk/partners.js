/** Partners: who they are, their terms and keys, the way to live; what is risky is a proposal. */

import { h } from '../lib/dom.js';
import { day, when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { buttonLink, card, empty, facts, field, list, pill, rowLink, section } from '../lib/ui.js';
import { may, proposal } from './approvals.js';
import { checklist, contacts, keys, newContact, newKey, terms } from './partner_parts.js';
import { endpoints } from './webhooks.js';

const PATH = '/operator/v1/partners';

/** @param {import('./main.js').Desk} desk */
export function partnerViews(desk) {
  return {
    partners: () => all(desk),
    partner: (/** @type {string} */ id) => one(desk, id),
    'partner-edit': (/** @type {string} */ id) => edit(desk, id),
    'partner-new': () => create(desk),
  };
}

/** @param {import('./main.js').Desk} desk */
async function all(desk) {
  const [{ data }, me] = await Promise.all([desk.api.get(`${PATH}?limit=100`), desk.me()]);
  const rows = data.map((/** @type {any} */ partner) => rowLink({
    href: `#/partner/${partner.id}`,
    title: partner.name_zh,
    text: `${partner.name_en} · ${t(`partner.stage.${partner.stage}`)}`,
    end: statusPill(partner),
  }));
  return {
    title: t('desk.tab.partners'),
    tab: 'partners',
    body: [
      rows.length ? list(rows) : empty('grid', t('partner.none')),
      may(me, 'admin', 'office') && h('div', { class: 'section' }, h('a', { class: 'button button-quiet', href: '#/partner-new' }, t('partner.new'))),
    ],
  };
}

/** @param {any} partner */
const statusPill = ({ status }) => pill(t(`partner.${status}`), status === 'active' ? 'pill-accent' : 'pill-notice');

/** @param {import('./main.js').Desk} desk @param {string} id */
async function one(desk, id) {
  const path = `${PATH}/${encodeURIComponent(id)}`;
  const [partner, counters, theirKeys, way, me] = await Promise.all([
    desk.api.get(path),
    desk.api.get(`${path}/counters`),
    desk.api.get(`${path}/keys`),
    desk.api.get(`${path}/checklist`),
    desk.me(),
  ]);
  const office = may(me, 'admin', 'office');
  return {
    title: partner.name_zh,
    tab: 'partners',
    back: '#/partners',
    body: [
      card(facts(pairs(partner, counters))),
      checklist(desk, path, way, office && partner.stage === 'sandbox'),
      keys(desk, path, theirKeys.data, office),
      contacts(partner),
      await endpoints(desk, id),
      section(null, buttonLink(t('place.title'), `#/places/${id}`, 'button-quiet')),
      office && section(null, buttonLink(t('partner.edit'), `#/partner-edit/${id}`, 'button-quiet')),
      office && switching(desk, path, partner),
    ],
  };
}

/** What changes a partner but whether it serves. @param {import('./main.js').Desk} desk @param {string} id */
async function edit(desk, id) {
  const path = `${PATH}/${encodeURIComponent(id)}`;
  const partner = await desk.api.get(path);
  return {
    title: partner.name_zh,
    tab: 'partners',
    back: `#/partner/${id}`,
    body: [newContact(desk, path, partner, `#/partner/${id}`), terms(desk, path), newKey(desk, path)],
  };
}

/** @param {any} partner @param {any} counters @returns {Array<[string, any]>} */
function pairs(partner, counters) {
  const twin = partner.stage === 'sandbox' ? 'live' : 'sandbox';
  const other = partner[`${twin}_partner_id`];
  const { orders_per_day: daily, order_fen: fen } = partner.caps;
  return [
    [t('partner.status'), statusPill(partner)],
    [t('partner.suspendedReason'), partner.suspended_reason],
    [t('partner.suspendedAt'), partner.suspended_at && when(partner.suspended_at)],
    [t('partner.stage'), pill(t(`partner.stage.${partner.stage}`))],
    [t(`partner.twin.${twin}`), other && h('a', { href: `#/partner/${other}` }, partner.name_zh)],
    [t('partner.nameEn'), partner.name_en],
    [t('partner.website'), partner.website],
    [t('partner.scenarios'), partner.scenarios.join(t('comma'))],
    [t('partner.ordersPerDay'), daily === undefined ? t('partner.noCap') : String(daily)],
    [t('partner.orderYuan'), fen === undefined ? t('partner.noCap') : (fen / 100).toFixed(2)],
    [t('partner.since'), day(partner.created_at)],
    [t('partner.counters'), String(counters.data.filter((/** @type {any} */ device) => device.active).length)],
  ];
}

/** @param {import('./main.js').Desk} desk @param {string} path @param {any} partner */
function switching(desk, path, partner) {
  const action = partner.status === 'active' ? 'suspend' : 'resume';
  return section(t(`approval.partners.${action}`), card(
    h('p', { class: 'small soft lead' }, t(`approval.partners.${action}.effect`)),
    proposal(desk, `${path}/${action}`, t('approval.propose'), () => ({})),
  ));
}

/** @param {import('./main.js').Desk} desk */
async function create(desk) {
  const { data } = await desk.api.get('/operator/v1/scenarios');
  const names = ['name_zh', 'name_en'].map((name) => h('input', { class: 'input', name, maxlength: 80, autocomplete: 'off' }));
  const website = h('input', { class: 'input', name: 'website', type: 'url', maxlength: 500, autocomplete: 'off' });
  const boxes = data.map((/** @type {any} */ scenario) => h('input', { type: 'checkbox', name: 'scenario', value: scenario.code }));
  const choices = h('fieldset', { class: 'plain' }, h('legend', { class: 'strong' }, t('partner.scenarios')), data.map((/** @type {any} */ scenario, /** @type {number} */ place) => h('label', { class: 'choice' }, boxes[place], h('span', null, `${scenario.name.zh} · ${scenario.code}`))));
  const body = () => ({
    name_zh: names[0].value.trim(),
    name_en: names[1].value.trim(),
    ...(website.value.trim() ? { website: website.value.trim() } : {}),
    scenarios: boxes.filter((/** @type {any} */ box) => box.checked).map((/** @type {any} */ box) => box.value),
  });
  return {
    title: t('partner.new'),
    tab: 'partners',
    back: '#/partners',
    body: [card(proposal(desk, PATH, t('approval.propose'), body, field(t('partner.nameZh'), names[0]), field(t('partner.nameEn'), names[1]), field(t('partner.website'), website), choices))],
  };
}
