/** For somebody who is not logged in at the desk. */

import { h } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { button } from '../lib/ui.js';

/** @param {import('./main.js').Desk} desk @returns {import('../lib/stage.js').Page} */
export function start(desk) {
  const note = desk.note;
  desk.note = undefined;
  return {
    title: t('desk.start'),
    bare: true,
    body: [
      note && h('p', { class: 'notice lead', role: 'status' }, note),
      h('p', { class: 'soft lead' }, t('desk.start.lead')),
      h('div', { class: 'section' }, button(t('desk.login'), () => desk.session.login({ prompt: 'login' }))),
    ],
  };
}
