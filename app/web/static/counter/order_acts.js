/** What a merchant may do to an order, by its `allowed_actions`: the usual next step open, the rest folded away. */

import { serverNow } from '../lib/clock.js';
import { h } from '../lib/dom.js';
import { day, yuan } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { button, card, field, form, section } from '../lib/ui.js';
import { fenIn, moneyInput } from './open.js';

const DAY = 86400000;
const LONGER = [1, 7, 30];
const WHY = {
  adjust: ['mistake', 'complaint_settled', 'goodwill'],
  refunds: ['mistake', 'complaint_settled', 'goodwill', 'citizen_asked'],
  'write-off': ['goodwill', 'small_amount', 'complaint_settled'],
};

/** @typedef {(path: string, body: object) => Promise<void>} Send */

/** @param {any} order @param {Send} send @returns {Array<any>} */
export function orderActs(order, send) {
  const can = (/** @type {string} */ action) => order.allowed_actions.includes(action);
  return [
    can('complete') && complete(order, send),
    can('collect') && collect(send),
    can('mark-paid') && markPaid(send),
    can('adjust') && adjust(order, send),
    can('extend') && extend(order, send),
    can('refund') && refund(order, send),
    can('write-off') && writeOff(order, send),
    can('cancel') && section(null, button(t('act.cancel'), () => send('cancel', { reason_code: 'citizen_asked' }), { kind: 'button-plain' })),
  ];
}

/** @param {any} order @param {Send} send */
function complete(order, send) {
  if (!order.amount) return section(t('complete.title'), card(button(t('complete.free'), () => send('complete', { total: 0 }))));
  const amount = moneyInput('total', order.kind === 'deposit_waiver' ? 0 : order.amount);
  return section(t('complete.title'), card(form(() => {
    const total = fenIn(amount.value);
    return send('complete', { total, items: total ? [{ name: order.title.slice(0, 40), amount: total }] : [] });
  }, t('complete.now'), field(t('complete.amount'), amount, t('complete.most', { amount: yuan(order.amount) })))));
}

/** @param {Send} send */
const collect = (send) => fold(t('collect.title'), 'collect', h('p', { class: 'small soft' }, t('collect.about')), button(t('collect.now'), () => send('collect', {})));

/** @param {Send} send */
function markPaid(send) {
  const reference = h('input', { class: 'input', name: 'reference', maxlength: 64, autocomplete: 'off' });
  return fold(t('paid.title'), 'paid', form(
    () => send('mark-paid', { paid_at: new Date(serverNow()).toISOString(), reference: reference.value.trim() }),
    t('paid.now'),
    field(t('paid.reference'), reference),
  ));
}

/** @param {any} order @param {Send} send */
function adjust(order, send) {
  const { amount_due: due } = order.collection;
  const [amount, why] = [moneyInput('amount', due), reasons('adjust')];
  return fold(t('adjust.title'), 'adjust', form(
    () => send('adjust', { amount: fenIn(amount.value), reason_code: why.value }),
    t('adjust.now'),
    field(t('adjust.amount'), amount, t('adjust.below', { amount: yuan(due) })),
    field(t('reason'), why),
  ));
}

/** @param {any} order @param {Send} send */
function extend(order, send) {
  const from = Math.max(Date.parse(order.service_end_by), serverNow());
  const until = h('select', { class: 'input', name: 'until' }, LONGER.map((days) => h('option', { value: from + days * DAY }, day(from + days * DAY))));
  return fold(t('extend.title'), 'extend', order.extension && h('p', { class: 'small soft' }, t('extend.asked', { day: day(order.extension.service_end_by) })), form(
    () => send('extend', { service_end_by: new Date(Number(until.value)).toISOString() }),
    t('extend.now'),
    field(t('extend.to'), until, t('extend.about')),
  ));
}

/** @param {any} order @param {Send} send */
function refund(order, send) {
  const most = order.collection.amount_paid - (order.collection.amount_refunded ?? 0);
  const [amount, why] = [moneyInput('amount', most), reasons('refunds')];
  return fold(t('refund.title'), 'refund', form(
    () => send('refunds', { amount: fenIn(amount.value), reason_code: why.value }),
    t('refund.now'),
    field(t('refund.amount'), amount, t('open.most', { amount: yuan(most) })),
    field(t('reason'), why),
  ));
}

/** @param {any} order @param {Send} send */
function writeOff(order, send) {
  const why = reasons('write-off');
  const about = h('p', { class: 'small soft' }, t('writeOff.about', { amount: yuan(order.collection.amount_due) }));
  return fold(t('writeOff.title'), 'writeOff', about, form(() => send('write-off', { reason_code: why.value }), t('writeOff.now'), field(t('reason'), why)));
}

/** @param {keyof typeof WHY} action */
const reasons = (action) => h('select', { class: 'input', name: 'reason' }, WHY[action].map((code) => h('option', { value: code }, t(`reason.${code}`))));

/** @param {string} title @param {string} name @param {...any} inside */
const fold = (title, name, ...inside) => h('section', { class: 'section' }, h('div', { class: 'card card-details', 'data-act': name }, h('details', null, h('summary', null, title), h('div', { class: 'details-body stack' }, ...inside))));
