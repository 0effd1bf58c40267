/** Opening an order after a check: the citizen confirms it in the app, on credit or in the ordinary way. */

import { h } from '../lib/dom.js';
import { serverNow } from '../lib/clock.js';
import { yuan } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, field, form, section } from '../lib/ui.js';

const DAY = 86400000;
const HOUR = 3600000;
/** The kinds of benefit that an order carries, and the order's kind. @type {Record<string, string>} */
const ORDERS = { deposit_waiver: 'deposit_waiver', deposit_reduction: 'deposit_waiver', pay_later: 'pay_later', reservation: 'reservation' };
const TERMS = [2 * HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY];

/** @param {import('./main.js').Counter} counter @param {any} offer @param {any} scan */
export function openOrder(counter, offer, scan) {
  const kind = ORDERS[offer.benefit.kind];
  if (!kind) return null;
  const title = h('input', { class: 'input', name: 'title', maxlength: 60, value: offer.name });
  const amount = kind !== 'reservation' && moneyInput('amount', Math.min(offer.benefit.amount, offer.limits.amount));
  const term = h('select', { class: 'input', name: 'term' }, terms(offer.limits.service_days).map((length) => h('option', { value: length }, termText(length))));
  const send = form(async () => {
    const order = await counter.api.once('/partner/v1/orders', {
      external_order_no: number(),
      scenario: offer.code,
      title: title.value.trim(),
      ...(amount && { amount: fenIn(amount.value) }),
      scan_id: scan.id,
      service_end_by: new Date(serverNow() + Number(term.value)).toISOString(),
    });
    counter.orders.set(order.id, order);
    counter.stage.go(`#/order/${order.id}`);
  }, t('open.now'), field(t('open.title'), title), amount && field(t(`open.amount.${kind}`), amount, t('open.most', { amount: yuan(offer.limits.amount) })), field(t('open.term'), term));
  return section(t('open.heading'), card(h('p', { class: 'small soft lead' }, t('open.lead')), send));
}

/** @param {string} name @param {number} fen */
export const moneyInput = (name, fen) => h('input', { class: 'input money', name, inputmode: 'decimal', autocomplete: 'off', value: String(fen / 100) });

/** Yuan as typed, in fen; what is no amount goes to the server as it is, which says so. @param {string} text @returns {any} */
export function fenIn(text) {
  const match = text.trim().match(/^(\d{1,9})(?:\.(\d{1,2}))?$/);
  return match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : text;
}

/** The lengths that fit the service, its own longest among them. @param {number} days */
function terms(days) {
  const longest = days * DAY;
  const shorter = TERMS.filter((length) => length < longest);
  return [...shorter, longest - HOUR].toSorted((one, other) => other - one);
}

/** @param {number} length */
function termText(length) {
  const hours = Math.round(length / HOUR);
  return hours <= 2 ? t('open.hours', { n: hours }) : t('open.days', { n: Math.ceil(hours / 24) });
}

/** A number of our own: the day and chance. */
function number() {
  const stamp = new Date(serverNow()).toISOString().slice(0, 10).replaceAll('-', '');
  return `C${stamp}-${crypto.randomUUID().slice(0, 8)}`;
}
