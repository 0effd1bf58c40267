/** A partner's webhook endpoints and how well each goes: addresses and times, nothing of what was sent. */

import { h } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { list, pill, section } from '../lib/ui.js';

/** @param {import('./main.js').Desk} desk @param {string} partnerId */
export async function endpoints(desk, partnerId) {
  const { data } = await desk.api.get(`/operator/v1/partners/${encodeURIComponent(partnerId)}/webhook-endpoints`);
  return section(t('webhook.endpoints'), data.length ? list(data.map(row)) : h('p', { class: 'small soft lead' }, t('webhook.none')));
}

/** @param {any} endpoint */
const row = (endpoint) => h(
  'div',
  { class: 'item' },
  h('span', { class: 'item-body' }, h('span', { class: 'strong' }, endpoint.host), ...lines(endpoint).map((line) => h('span', { class: 'small soft' }, line))),
  health(endpoint),
);

/** @param {any} endpoint */
const lines = (endpoint) => [
  t(endpoint.livemode ? 'webhook.live' : 'webhook.sandbox'),
  endpoint.last_success_at ? t('webhook.lastSuccess', { at: when(endpoint.last_success_at) }) : t('webhook.neverSucceeded'),
  endpoint.failing_since && t('webhook.failingSince', { at: when(endpoint.failing_since) }),
  endpoint.disabled_because && t(`webhook.because.${endpoint.disabled_because}`),
  endpoint.waiting > 0 && t('webhook.waiting', { count: endpoint.waiting }),
].filter(Boolean);

/** @param {any} endpoint */
function health(endpoint) {
  if (endpoint.status === 'disabled') return pill(t('webhook.disabled'), 'pill-notice');
  return endpoint.failing_since ? pill(t('webhook.failing'), 'pill-notice') : pill(t('webhook.well'), 'pill-accent');
}
