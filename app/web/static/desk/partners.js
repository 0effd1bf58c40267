/** Partners: who they are and whether they serve; taking one on, suspending and resuming are proposals. */

import { h } from '../lib/dom.js';
import { day } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, empty, facts, field, list, pill, rowLink, section } from '../lib/ui.js';
import { may, proposal } from './approvals.js';
import { endpoints } from './webhooks.js';

const PATH = '/operator/v1/partners';

/** @param {import('./main.js').Desk} desk */
export function partnerViews(desk) {
  return {
    partners: () => all(desk),
    partner: (/** @type {string} */ id) => one(desk, id),
    'partner-new': () => create(desk),
  };
}

/** @param {import('./main.js').Desk} desk */
async function all(desk) {
  const [{ data }, me] = await Promise.all([desk.api.get(`${PATH}?limit=100`), desk.me()]);
  const rows = data.map((/** @type {any} */ partner) => rowLink({
    href: `#/partner/${partner.id}`,
    title: partner.name_zh,
    text: partner.name_en,
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
  const [partner, counters, me] = await Promise.all([desk.api.get(path), desk.api.get(`${path}/counters`), desk.me()]);
  const action = partner.status === 'active' ? 'suspend' : 'resume';
  return {
    title: partner.name_zh,
    tab: 'partners',
    back: '#/partners',
    body: [
      card(facts([
        [t('partner.status'), statusPill(partner)],
        [t('partner.nameEn'), partner.name_en],
        [t('partner.scenarios'), partner.scenarios.join(t('comma'))],
        [t('partner.since'), day(partner.created_at)],
        [t('partner.counters'), String(counters.data.filter((/** @type {any} */ one) => one.active).length)],
      ])),
      await endpoints(desk, id),
      may(me, 'admin', 'office') && section(t(`approval.partners.${action}`), card(
        h('p', { class: 'small soft lead' }, t(`approval.partners.${action}.effect`)),
        proposal(desk, `${path}/${action}`, t('approval.propose'), () => ({})),
      )),
    ],
  };
}

/** @param {import('./main.js').Desk} desk */
async function create(desk) {
  const { data } = await desk.api.get('/operator/v1/scenarios');
  const names = ['name_zh', 'name_en'].map((name) => h('input', { class: 'input', name, maxlength: 80, autocomplete: 'off' }));
  const boxes = data.map((/** @type {any} */ scenario) => h('input', { type: 'checkbox', name: 'scenario', value: scenario.code }));
  const choices = h('fieldset', { class: 'plain' }, h('legend', { class: 'strong' }, t('partner.scenarios')), data.map((/** @type {any} */ scenario, /** @type {number} */ place) => h('label', { class: 'choice' }, boxes[place], h('span', null, `${scenario.name.zh} · ${scenario.code}`))));
  const body = () => ({
    name_zh: names[0].value.trim(),
    name_en: names[1].value.trim(),
    scenarios: boxes.filter((/** @type {any} */ box) => box.checked).map((/** @type {any} */ box) => box.value),
  });
  return {
    title: t('partner.new'),
    tab: 'partners',
    back: '#/partners',
    body: [card(proposal(desk, PATH, t('approval.propose'), body, field(t('partner.nameZh'), names[0]), field(t('partner.nameEn'), names[1]), choices))],
  };
}
