/** For somebody who is not logged in: what this is, and one step. */

import { h } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { brand, icon } from '../lib/icons.js';
import { languageButton } from '../lib/switch.js';
import { button } from '../lib/ui.js';
import { ripples } from './ripples.js';

/** @param {import('./main.js').App} app @returns {import('../lib/stage.js').Page} */
export function start(app) {
  const note = app.note;
  app.note = undefined;
  const points = [['chart', 'start.explained'], ['eye', 'start.logged'], ['check', 'start.ordinary']];
  return {
    title: t('start.title'),
    bare: true,
    head: h(
      'header',
      { class: 'hero hero-start' },
      ripples(),
      h('div', { class: 'hero-bar' }, h('span', { class: 'row grow' }, brand(), t('product')), languageButton()),
      h('h1', null, t('start.title')),
      h('p', { class: 'hero-soft' }, t('start.lead')),
    ),
    body: [
      note && h('p', { class: 'notice lead', role: 'status' }, note),
      h(
        'ul',
        { class: 'card card-flush list', role: 'list' },
        points.map(([picture, key]) => h('li', { class: 'item' }, icon(picture), h('span', { class: 'item-body' }, h('span', { class: 'strong' }, t(key)), h('span', { class: 'small soft' }, t(`${key}.more`))))),
      ),
      h('div', { class: 'section buttons' }, button(t('start.login'), () => app.session.login()), h('p', { class: 'small soft center' }, t('start.who'))),
    ],
  };
}
