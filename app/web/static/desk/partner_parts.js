/** The parts of a partner's page: the way to live, keys, contacts, terms. */

import { h } from '../lib/dom.js';
import { day } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { button, card, empty, field, form, list, pill, section } from '../lib/ui.js';
import { proposal } from './approvals.js';

const ROLES = ['technical', 'business', 'complaints'];

/** @param {string} name @param {Record<string, any>} [more] */
const input = (name, more = {}) => h('input', { class: 'input', name, autocomplete: 'off', ...more });

/** @param {string} title @param {any} text @param {any} [end] */
const row = (title, text, end) => h('div', { class: 'item' }, h('span', { class: 'item-body' }, h('span', { class: 'strong' }, title), h('span', { class: 'small soft' }, text)), end);

/**
 * What the partner has shown in the sandbox, and the proposal to let it go live.
 * @param {import('./main.js').Desk} desk @param {string} path @param {any} way @param {boolean} office
 */
export function checklist(desk, path, way, office) {
  const rows = way.items.map((/** @type {any} */ item) => row(
    item.title,
    item.state === 'open' ? item.how : '',
    pill(t(`partner.item.${item.state}`), item.state === 'done' ? 'pill-accent' : 'pill-notice'),
  ));
  return section(
    t('partner.checklist'),
    h('p', { class: 'small soft lead', 'data-checklist': way.state }, t(`partner.checklist.${way.state}`)),
    list(rows),
    office && way.state === 'ready' && section(t('approval.partners.live'), card(
      h('p', { class: 'small soft lead' }, t('approval.partners.live.effect')),
      proposal(desk, `${path}/go-live`, t('approval.propose'), () => ({})),
    )),
  );
}

/**
 * The keys, each of which one operator may end at once.
 * @param {import('./main.js').Desk} desk @param {string} path @param {any[]} data @param {boolean} office
 */
export function keys(desk, path, data, office) {
  const rows = data.map((key) => h(
    'div',
    null,
    row(key.kid, `${t(`partner.key.by.${key.added_by}`)} · ${day(key.added_at)}`, pill(t(`partner.key.${key.status}`), key.status === 'active' ? 'pill-accent' : '')),
    office && key.status !== 'revoked' && button(t('partner.key.revoke'), async () => {
      await desk.api.post(`${path}/keys/${encodeURIComponent(key.id)}/revoke`, {});
      await desk.stage.again();
    }, { kind: 'button-quiet' }),
  ));
  return section(t('partner.keys'), rows.length ? list(rows) : empty('key', t('partner.keys.none')));
}

/** The proposal of a further key. @param {import('./main.js').Desk} desk @param {string} path */
export function newKey(desk, path) {
  const jwk = input('jwk', { maxlength: 2000 });
  return section(t('approval.partners.key'), card(
    h('p', { class: 'small soft lead' }, t('approval.partners.key.effect')),
    proposal(desk, `${path}/keys`, t('approval.propose'), () => ({ jwk: parsed(jwk.value) }), field(t('partner.key.jwk'), jwk, t('partner.key.jwk.hint'))),
  ));
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw Object.assign(new Error(t('partner.key.notJson')), { code: 'not-json' });
  }
}

/** Whom to call there. @param {any} partner */
export function contacts(partner) {
  const rows = partner.contacts.map((/** @type {any} */ one) => row(one.name, [t(`partner.contact.${one.role}`), one.email, one.phone].filter(Boolean).join(' · ')));
  return section(t('partner.contacts'), rows.length ? list(rows) : empty('person', t('partner.contacts.none')));
}

/**
 * A contact, which follows the one of the same role.
 * @param {import('./main.js').Desk} desk @param {string} path @param {any} partner @param {string} back
 */
export function newContact(desk, path, partner, back) {
  const role = h('select', { class: 'input', name: 'role' }, ROLES.map((name) => h('option', { value: name }, t(`partner.contact.${name}`))));
  const [name, email, phone] = [input('contact_name', { maxlength: 40 }), input('email', { type: 'email' }), input('phone', { type: 'tel' })];
  const save = async () => {
    const given = [['role', role.value], ['name', name.value], ['email', email.value], ['phone', phone.value]].map(([key, value]) => [key, value.trim()]);
    const fresh = Object.fromEntries(given.filter(([, value]) => value));
    const others = partner.contacts.filter((/** @type {any} */ one) => one.role !== fresh.role);
    await desk.api.put(`${path}/contacts`, { contacts: [...others, fresh] });
    desk.stage.go(back);
  };
  return section(t('partner.contacts'), card(form(
    save,
    t('partner.contacts.save'),
    field(t('partner.contact.role'), role),
    field(t('partner.contact.name'), name),
    field(t('partner.contact.email'), email),
    field(t('partner.contact.phone'), phone),
  )));
}

/** The proposal of other terms; what is left empty stays. @param {import('./main.js').Desk} desk @param {string} path */
export function terms(desk, path) {
  const website = input('website', { type: 'url', maxlength: 500 });
  const daily = input('orders_per_day', { inputmode: 'numeric', maxlength: 8 });
  const yuan = input('order_yuan', { inputmode: 'decimal', maxlength: 12 });
  const body = () => ({
    ...(website.value.trim() ? { website: website.value.trim() } : {}),
    ...(daily.value.trim() ? { orders_per_day: Number(daily.value) } : {}),
    ...(yuan.value.trim() ? { order_fen: Math.round(Number(yuan.value) * 100) } : {}),
  });
  return section(t('approval.partners.change'), card(
    h('p', { class: 'small soft lead' }, t('approval.partners.change.effect')),
    proposal(
      desk,
      `${path}/change`,
      t('approval.propose'),
      body,
      field(t('partner.website'), website),
      field(t('partner.ordersPerDay'), daily, t('partner.ordersPerDay.hint')),
      field(t('partner.orderYuan'), yuan, t('partner.orderYuan.hint')),
    ),
  ));
}
