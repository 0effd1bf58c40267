/** Leaving: what it means, said before; what it did, shown after. */

import { h } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { buttonLink, button, card, facts, section } from '../lib/ui.js';
import { forget } from '../lib/vault.js';
import { receiptButton } from './rights.js';

/** @param {import('./main.js').App} app */
export function leaveViews(app) {
  return { leave: () => leave(app) };
}

/** @param {import('./main.js').App} app */
async function leave(app) {
  const would = await app.api.get('/citizen/v1/leaving');
  const sure = h('input', { type: 'checkbox', id: 'leave-sure' });
  const go = button(t('leave.now'), async () => {
    const receipt = await app.api.delete('/citizen/v1/enrolment');
    await forget(app.session.wallet);
    await app.stage.open(() => receiptPage(receipt), []);
  });
  go.disabled = true;
  sure.addEventListener('change', () => { go.disabled = !sure.checked; });
  return {
    title: t('leave.title'),
    tab: 'me',
    back: '#/me',
    body: [
      h('p', { class: 'lead' }, t('leave.lead')),
      card(h('h2', null, t('leave.goes')), h('ul', { class: 'plain-list' }, ['leave.goes.1', 'leave.goes.2', 'leave.goes.3'].map((key) => h('li', null, t(key))))),
      counts(t('leave.counts'), would.deleted),
      kept(t('leave.stays'), would.kept),
      section(null, h('label', { class: 'choice choice-box' }, sure, h('span', null, t('leave.sure')))),
      section(null, h('div', { class: 'buttons' }, go, buttonLink(t('leave.stay'), '#/me', 'button-quiet'))),
    ],
  };
}

/** @param {any} receipt */
function receiptPage(receipt) {
  return {
    title: t('receipt.title'),
    tab: 'me',
    body: [
      h('p', { class: 'notice notice-calm lead', role: 'status' }, t('receipt.lead', { when: when(receipt.left_at) })),
      h('p', { class: 'soft' }, t('receipt.proof')),
      section(null, receiptButton(receipt)),
      counts(t('receipt.deleted'), receipt.deleted),
      kept(t('receipt.kept'), receipt.kept),
      section(null, buttonLink(t('receipt.on'), '#/home')),
    ],
  };
}

/** How much of each kind goes. @param {string} title @param {any[]} rows */
function counts(title, rows) {
  const some = rows.filter((row) => row.count);
  return some.length ? section(null, card(h('h2', null, title), facts(some.map((row) => [row.name, row.count])))) : null;
}

/** What stays: why, on what ground, until when. @param {string} title @param {any[]} rows */
function kept(title, rows) {
  const entry = (/** @type {any} */ row) => h(
    'li',
    { class: 'stack-tight' },
    h('p', null, row.reason),
    h('p', { class: 'small soft' }, t('leave.law', { law: row.law })),
    h('p', { class: 'small soft' }, t('leave.until', { until: row.until })),
  );
  return section(null, card(h('h2', null, title), h('ul', { class: 'plain-list' }, rows.map(entry))));
}
