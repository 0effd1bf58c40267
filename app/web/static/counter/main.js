/** The merchant's counter: pair once, then check codes and keep orders. It knows no names, scores or reasons. */

import { begin } from '../lib/begin.js';
import { h } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { brand, icon } from '../lib/icons.js';
import { Stage } from '../lib/stage.js';
import { languageButton } from '../lib/switch.js';
import { checkViews } from './check.js';
import { Device } from './device.js';
import { disputeViews } from './disputes.js';
import { orderViews } from './orders.js';
import { pairViews } from './pair.js';
import { verifyViews } from './verify.js';

/**
 * @typedef {object} Counter what views are given
 * @property {Device} device
 * @property {import('../lib/http.js').Api} api
 * @property {Stage} stage
 * @property {{token: string}} link the pairing token that the address brought, if any
 * @property {string} [scanned] an offline card that was scanned where it is not verified
 * @property {Map<string, any>} orders orders as they were last read: each read is a look that the citizen sees
 */

const TABS = [['check', 'code'], ['verify', 'card'], ['orders', 'list'], ['counter', 'shield']];
/** What a browser that is not paired may open: pairing, and verifying an offline card. */
const OPEN = /^#\/(pair|verify)\b/;

/** @param {import('../lib/stage.js').Page} shown */
function frame(shown) {
  const top = h('header', { class: 'masthead' }, h('span', { class: 'brand' }, brand(), t('counter.title')), h('span', { class: 'grow' }), languageButton());
  const back = shown.back && h('a', { class: 'icon-button', href: shown.back, 'aria-label': t('back') }, icon('back'));
  const head = h('div', { class: back ? 'page-head' : 'page-head page-head-plain' }, back, h('h1', null, shown.title));
  const main = h('main', { class: 'sheet with-tabs sheet-counter', id: 'main', tabindex: -1 }, head, ...shown.body);
  return shown.bare ? [top, main] : [top, main, tabs(shown.tab)];
}

/** @param {string | undefined} current */
function tabs(current) {
  const items = TABS.map(([name, picture]) => h('li', null, h('a', { class: 'tab', href: `#/${name}`, 'aria-current': name === current && 'page' }, icon(picture), t(`counter.tab.${name}`))));
  return h('nav', { class: 'tabs', 'aria-label': t('tabs') }, h('ul', { role: 'list' }, items));
}

/** The pairing token in the fragment, which no server and no log sees; taken out of the address at once. */
function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('pair') ?? new URLSearchParams(location.search).get('pair');
  if (token) history.replaceState(null, '', '/counter#/pair');
  return token ?? '';
}

begin(async (page, issuer) => {
  const device = new Device(issuer);
  /** @type {any} */
  const counter = { device, api: device.api, link: { token: takeToken() }, orders: new Map() };
  // A pairing link that is opened in this very tab changes the address and loads nothing; heard before the stage hears it.
  addEventListener('hashchange', () => { counter.link.token = takeToken() || counter.link.token; });
  counter.stage = new Stage(page, { ...pairViews(counter), ...checkViews(counter), ...orderViews(counter), ...disputeViews(counter), ...verifyViews(counter) }, 'check', frame);
  const paired = await device.paired();
  if (!paired && !OPEN.test(location.hash)) history.replaceState(null, '', '/counter#/pair');
  await counter.stage.show();
  await navigator.serviceWorker?.register('/counter/worker.js', { scope: '/counter' }).catch(() => undefined);
});
