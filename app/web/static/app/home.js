/** The first screen, in one call: where I stand, what waits for me, what is open to me. */

import { h, refill } from '../lib/dom.js';
import { day } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { familyIcon, icon } from '../lib/icons.js';
import { languageButton } from '../lib/switch.js';
import { buttonLink, empty, list, pill, rowLink, section } from '../lib/ui.js';
import { orderRow } from './orders.js';
import { ruler } from './picture.js';
import { ripples } from './ripples.js';
import { scorePicture } from './score.js';

const WAITING = ['pending_confirmation', 'payment_due', 'overdue'];

/** @param {import('./main.js').App} app */
export function homeViews(app) {
  return { home: () => home(app) };
}

/** @param {import('./main.js').App} app @returns {Promise<import('../lib/stage.js').Page>} */
async function home(app) {
  const screen = await app.api.get('/citizen/v1/home');
  const waiting = screen.orders.filter((/** @type {any} */ order) => WAITING.includes(order.status));
  return {
    title: t('home.title'),
    tab: 'home',
    head: hero(screen),
    body: [
      waiting.length ? section(t('home.waiting'), list(waiting.map(orderRow))) : null,
      screen.score ? picture(app) : null,
      section(t('home.scenarios'), screen.scenarios.length ? scenarioList(screen.scenarios) : empty('grid', t('scenarios.none'))),
    ],
  };
}

/** @param {any} screen */
function hero(screen) {
  const unread = screen.unread_events;
  const bell = h(
    'a',
    { class: unread ? 'icon-button dot' : 'icon-button', href: '#/inbox', 'aria-label': t(unread ? 'home.inbox.unread' : 'home.inbox', { n: unread }) },
    icon('bell'),
  );
  const where = screen.score ? `${screen.city.name} · ${screen.score.grade.pack_name}` : screen.city.name;
  return h(
    'header',
    { class: 'hero' },
    ripples(),
    h('div', { class: 'hero-bar' }, h('span', { class: 'grow' }, where), languageButton(), bell),
    screen.score ? standing(screen.score) : invitation(screen.member),
  );
}

/** @param {any} score */
function standing(score) {
  const change = score.change === undefined ? null : h('span', null, t(score.change > 0 ? 'home.up' : score.change < 0 ? 'home.down' : 'home.same', { n: Math.abs(score.change) }));
  return h(
    'div',
    { class: 'standing' },
    h('h1', { class: 'standing-title' }, h('span', { class: 'visually-hidden' }, t('home.score')), h('span', { class: 'points' }, score.score), h('span', { class: 'grade' }, score.grade.name)),
    h('p', { class: 'hero-soft' }, change, change && ' · ', t('home.asOf', { day: day(score.as_of) })),
    ruler(score),
    score.illustrative && h('p', { class: 'hero-soft tiny' }, t('score.illustrative')),
  );
}

/** @param {boolean} member */
function invitation(member) {
  return h(
    'div',
    { class: 'standing' },
    h('h1', null, t(member ? 'home.pending' : 'home.guest')),
    h('p', { class: 'hero-soft' }, t(member ? 'home.pending.more' : 'home.guest.more')),
    !member && h('div', { class: 'hero-action' }, buttonLink(t('home.join'), '#/join', 'button-light')),
  );
}

/** The picture of the score; it comes a moment later into a place that is kept for it. @param {import('./main.js').App} app */
function picture(app) {
  const place = h('div', { class: 'picture-place', 'aria-busy': 'true' });
  scorePicture(app).then(
    (drawn) => { refill(place, drawn); place.removeAttribute('aria-busy'); },
    () => { refill(place, h('p', { class: 'small soft' }, t('home.picture.later'))); },
  );
  return h(
    'section',
    { class: 'section' },
    h('div', { class: 'card card-picture' }, h('div', { class: 'row-between' }, h('h2', null, t('home.picture')), h('a', { href: '#/score', class: 'text-link' }, t('home.every'))), place),
  );
}

/** @param {any[]} scenarios */
function scenarioList(scenarios) {
  return list(scenarios.map((scenario) => rowLink({
    href: `#/scenario/${scenario.code}`,
    icon: familyIcon(scenario.family),
    title: scenario.name,
    end: pathPill(scenario.path),
    plain: true,
  })));
}

/** @param {string} path */
const pathPill = (path) => pill(t(`path.${path}`), path === 'credit' ? 'pill-accent' : '');
