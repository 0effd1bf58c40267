/** Disputes of an order of mine, what is answered to them, and the good record of a kept promise. */

import { h } from '../lib/dom.js';
import { day, when, yuan } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { button, card, facts, field, form, list, rowLink, section } from '../lib/ui.js';

const KINDS = ['charge', 'payment', 'service', 'not_mine'];

/** @param {import('./main.js').App} app */
export function orderDisputeViews(app) {
  return {
    contest_order: (/** @type {string} */ id) => contest(app, id),
    order_disputes: (/** @type {string} */ id) => all(app, id),
    promises: () => promises(app),
  };
}

/** Whether a dispute of it is open: then nothing falls due, is collected or recorded. @param {any} order */
export const isDisputed = (order) => Boolean(order.dispute) && order.dispute.status !== 'resolved';

/** What an order's page says of its dispute, or the way to open one. @param {any} order */
export function disputePart(order) {
  const rows = [
    order.dispute && rowLink({ href: `#/order_disputes/${order.id}`, icon: icon('shield'), title: t(`odp.${order.dispute.status}`), text: t(isDisputed(order) ? 'odp.ask.more' : `odp.${order.dispute.resolution}.more`) }),
    order.allowed_actions.includes('dispute') && rowLink({ href: `#/contest_order/${order.id}`, icon: icon('shield'), title: t('odp.ask'), text: t('odp.ask.more') }),
  ].filter(Boolean);
  return rows.length ? section(null, list(rows)) : null;
}

/** What comes of a kept order. @param {import('./main.js').App} app @param {any} order */
export function recordPart(app, order) {
  const { record } = order;
  if (!record) return null;
  const open = ['pending_objection', 'written'].includes(record.status);
  const none = open && button(t(`promise.${record.status}.end`), async () => {
    await app.api.post(`/citizen/v1/orders/${order.id}/record/withdraw`);
    await app.stage.again();
  }, { kind: 'button-quiet' });
  return section(t('promise.title'), card(h(
    'div',
    { class: 'stack', 'data-record': record.status },
    h('p', null, t(`promise.${record.status}`, { day: day(record.at) })),
    record.record_id && open && list([rowLink({ href: `#/record/${record.record_id}`, title: t('review.record') })]),
    none,
  )));
}

/** @param {import('./main.js').App} app @param {string} id */
async function contest(app, id) {
  const order = await app.api.get(`/citizen/v1/orders/${encodeURIComponent(id)}`);
  const kind = h('select', { class: 'input', name: 'kind' }, KINDS.filter((code) => order.bill?.total || !['charge', 'payment'].includes(code)).map((code) => h('option', { value: code }, t(`odp.kind.${code}`))));
  const text = h('textarea', { class: 'input', name: 'statement', rows: 4, maxlength: 1000 });
  const send = form(async () => {
    await app.api.post(`/citizen/v1/orders/${order.id}/disputes`, { kind: kind.value, statement: text.value.trim() });
    app.stage.go(`#/order_disputes/${order.id}`);
  }, t('odp.send'), field(t('odp.kind'), kind), field(t('odp.text'), text, t('odp.text.hint')), h('p', { class: 'notice notice-calm' }, t('odp.who', { partner: order.partner.name ?? '' })));
  return {
    title: t('odp.ask'),
    tab: 'orders',
    back: `#/order/${order.id}`,
    body: [
      h('p', { class: 'soft lead' }, t('odp.lead')),
      card(facts([[t('odp.order'), order.title], [t('odp.partner'), order.partner.name], [t('order.due'), order.collection && yuan(order.collection.amount_due)]])),
      section(null, card(send)),
    ],
  };
}

/** @param {import('./main.js').App} app @param {string} id */
async function all(app, id) {
  const path = `/citizen/v1/orders/${encodeURIComponent(id)}`;
  const [order, disputes] = await Promise.all([app.api.get(path), app.api.get(`${path}/disputes`)]);
  return {
    title: t('odp.title'),
    tab: 'orders',
    back: `#/order/${order.id}`,
    body: [h('p', { class: 'soft lead' }, order.title), ...disputes.data.map((/** @type {any} */ one) => section(null, shown(app, path, one)))],
  };
}

/** @param {import('./main.js').App} app @param {string} path @param {any} one */
function shown(app, path, one) {
  const act = (/** @type {string} */ action) => button(t(`odp.${action.replaceAll('-', '_')}`), async () => {
    await app.api.post(`${path}/disputes/${one.id}/${action}`);
    await app.stage.again();
  }, { kind: 'button-quiet' });
  return card(h(
    'div',
    { class: 'stack', 'data-dispute': one.status },
    h('p', { class: 'notice notice-calm', role: 'status' }, t(one.at_desk && !one.resolution ? 'odp.at_desk' : `odp.${one.resolution ?? one.status}.more`)),
    one.response && h('div', null, h('h2', null, t('odp.response')), h('p', null, one.response)),
    one.explanation && h('div', null, h('h2', null, t(`odp.by.${one.resolved_by}`)), h('p', null, one.explanation)),
    facts([
      [t('odp.kind'), t(`odp.kind.${one.kind}`)],
      [t('odp.text'), one.statement],
      [t('odp.opened'), when(one.opened_at)],
      [t('odp.desk_at'), one.desk_at && day(one.desk_at)],
      [t('odp.amount'), one.amount !== undefined && yuan(one.amount)],
    ]),
    h('div', { class: 'buttons' }, one.allowed_actions.map(act)),
  ));
}

/** The published rule, and whether I want it. @param {import('./main.js').App} app */
async function promises(app) {
  const rule = await app.api.get('/citizen/v1/kept-promises');
  const box = h('input', { type: 'checkbox', name: 'collect', checked: rule.collect });
  box.addEventListener('change', async () => {
    await app.api.put('/citizen/v1/kept-promises', { collect: box.checked });
    await app.stage.again();
  });
  return {
    title: t('promise.title'),
    tab: 'me',
    back: '#/data',
    body: [
      h('p', { class: 'soft lead' }, t('promise.lead')),
      card(h('label', { class: 'choice' }, box, h('span', { class: 'item-body' }, h('span', null, t('promise.collect')), h('span', { class: 'hint' }, t('promise.collect.more'))))),
      section(t('promise.rule'), card(h('ol', { class: 'numbered stack-small' }, [
        t('promise.rule.what'),
        t('promise.rule.when', { n: rule.objection_working_days }),
        rule.yearly ? t('promise.rule.most', { n: rule.yearly.in_all, m: rule.yearly.of_a_partner }) : t('promise.rule.none'),
        t('promise.rule.never'),
      ].map((text) => h('li', null, text))))),
    ],
  };
}
