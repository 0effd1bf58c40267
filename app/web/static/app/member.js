/** Joining: what is agreed to, in full and with its version, before anything is calculated. */

import { h } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { buttonLink, button, card, section } from '../lib/ui.js';

/** @param {import('./main.js').App} app */
export function memberViews(app) {
  return { join: () => join(app) };
}

/** @param {import('./main.js').App} app */
async function join(app) {
  const { notice } = await app.api.get('/citizen/v1/enrolment');
  const agreed = h('input', { type: 'checkbox', id: 'join-agreed' });
  const go = button(t('join.now'), async () => {
    await app.api.post('/citizen/v1/enrolment', { notice_version: notice.version });
    app.stage.go('#/home');
  });
  go.disabled = true;
  agreed.addEventListener('change', () => { go.disabled = !agreed.checked; });
  return {
    title: t('join.title'),
    tab: 'home',
    back: '#/home',
    body: [
      h('p', { class: 'lead' }, t('join.lead')),
      card(h('div', { class: 'stack notice-text' }, h('h2', null, notice.title), notice.sections.map(noticeSection), h('p', { class: 'small soft' }, t('join.version', { version: notice.version })))),
      section(null, h('label', { class: 'choice choice-box' }, agreed, h('span', null, t('join.agree')))),
      section(null, h('div', { class: 'buttons' }, go, buttonLink(t('join.not'), '#/home', 'button-quiet'))),
    ],
  };
}

/** @param {{title: string, text: string}} part */
const noticeSection = ({ title, text }) => h('section', null, h('h3', null, title), h('p', null, text));
