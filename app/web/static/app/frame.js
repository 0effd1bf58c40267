/** What stands around every page of the app: its title, and the tabs with the code in the middle. */

import { h } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';

const TABS = [['home', 'home'], ['scenarios', 'grid'], ['code', 'code'], ['orders', 'list'], ['me', 'person']];

/** @param {import('../lib/stage.js').Page} page */
export function frame(page) {
  const main = h(
    'main',
    { class: page.bare ? 'sheet' : 'sheet with-tabs', id: 'main', tabindex: -1 },
    page.head ?? pageHead(page),
    ...page.body,
  );
  return page.bare ? [main] : [main, tabs(page.tab)];
}

/** @param {import('../lib/stage.js').Page} page */
export function pageHead({ title, back }) {
  const arrow = back && h('a', { class: 'icon-button', href: back, 'aria-label': t('back') }, icon('back'));
  return h('header', { class: back ? 'page-head' : 'page-head page-head-plain' }, arrow, h('h1', null, title));
}

/** @param {string | undefined} current */
function tabs(current) {
  const items = TABS.map(([name, picture]) => {
    const inside = name === 'code' ? h('span', { class: 'disc' }, icon(picture)) : icon(picture);
    const attributes = {
      class: name === 'code' ? 'tab tab-code' : 'tab',
      href: `#/${name}`,
      'aria-current': name === current && 'page',
    };
    return h('li', null, h('a', attributes, inside, t(`tab.${name}`)));
  });
  return h('nav', { class: 'tabs', 'aria-label': t('tabs') }, h('ul', { role: 'list' }, items));
}
