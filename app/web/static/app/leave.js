/** Leaving: what it means, said before; what it did, shown after. */

import { h } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { buttonLink, button, card, facts, section } from '../lib/ui.js';

/** @param {import('./main.js').App} app */
export function leaveViews(app) {
  return { leave: () => leave(app) };
}

/** @param {import('./main.js').App} app */
function leave(app) {
  const sure = h('input', { type: 'checkbox', id: 'leave-sure' });
  const go = button(t('leave.now'), async () => {
    const receipt = await app.api.delete('/citizen/v1/enrolment');
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
      section(null, card(h('h2', null, t('leave.stays')), h('ul', { class: 'plain-list' }, ['leave.stays.1', 'leave.stays.2', 'leave.stays.3'].map((key) => h('li', null, t(key)))))),
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
      card(h('h2', null, t('receipt.deleted')), facts(receipt.deleted.map((/** @type {any} */ row) => [row.name, row.count]))),
      receipt.kept.length ? section(null, card(h('h2', null, t('receipt.kept')), h('ul', { class: 'plain-list' }, receipt.kept.map((/** @type {any} */ row) => h('li', null, row.reason))))) : null,
      section(null, buttonLink(t('receipt.on'), '#/home')),
    ],
  };
}
