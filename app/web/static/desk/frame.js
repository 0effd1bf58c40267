/** What stands around every page of the desk: whose desk it is, the way out, and the tabs. */

import { h, refill } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { brand, icon } from '../lib/icons.js';
import { languageButton } from '../lib/switch.js';
import { busy } from '../lib/ui.js';

const TABS = [['queues', 'list'], ['partners', 'grid'], ['packs', 'chart'], ['operators', 'person'], ['trail', 'eye']];

/** @param {import('./main.js').Desk} desk @param {import('../lib/stage.js').Page} page */
export function frame(desk, page) {
  const main = h('main', { class: page.bare ? 'sheet' : 'sheet with-tabs desk-main', id: 'main', tabindex: -1 }, head(page), ...page.body);
  if (page.bare) return [bar(), main];
  return [bar(who(desk), leaveButton(desk)), tabs(page.tab), main];
}

/** @param {...import('../lib/dom.js').Child} end */
const bar = (...end) => h('header', { class: 'masthead desk-bar' }, h('span', { class: 'brand' }, brand(), t('desk.title')), h('span', { class: 'grow' }), ...end, languageButton());

/** @param {import('./main.js').Desk} desk */
function who(desk) {
  const place = h('span', { class: 'desk-who small' });
  desk.me().then((me) => refill(place, h('span', { class: 'strong' }, me.name), h('span', { class: 'tiny' }, me.roles.map((role) => t(`role.${role}`)).join(t('comma')))), () => undefined);
  return place;
}

/** @param {import('./main.js').Desk} desk */
function leaveButton(desk) {
  const out = h('button', { type: 'button', class: 'icon-button', 'aria-label': t('desk.leave'), title: t('desk.leave') }, icon('leave'));
  out.addEventListener('click', () => busy(out, () => desk.leave()));
  return out;
}

/** @param {import('../lib/stage.js').Page} page */
function head({ title, back }) {
  const arrow = back && h('a', { class: 'icon-button', href: back, 'aria-label': t('back') }, icon('back'));
  return h('div', { class: back ? 'page-head' : 'page-head page-head-plain' }, arrow, h('h1', null, title));
}

/** @param {string | undefined} current */
function tabs(current) {
  const items = TABS.map(([name, picture]) => h('li', null, h('a', { class: 'tab', href: `#/${name}`, 'aria-current': name === current && 'page' }, icon(picture), t(`desk.tab.${name}`))));
  return h('nav', { class: 'tabs', 'aria-label': t('tabs') }, h('ul', { role: 'list' }, items));
}
