/** My code: sixty seconds, one use, nothing about me in it. */

import { serverNow } from '../lib/clock.js';
import { h, refill, s } from '../lib/dom.js';
import { grouped } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { button, busy, tell } from '../lib/ui.js';
import { watch } from './events.js';

const LIFE = 60;
const TOLD_AT = [30, 10];

/** @param {import('./main.js').App} app */
export function codeViews(app) {
  return {
    code: () => ({
      title: t('code.title'),
      tab: 'code',
      body: [
        news(app),
        codePanel(app, () => ({ purpose: 'check' }), t('code.alt')),
        h('p', { class: 'section small soft' }, t('code.about')),
      ],
    }),
  };
}

/** What to do with the code, and then what a merchant did with it, as it happens. @param {import('./main.js').App} app */
function news(app) {
  const place = h('div', { role: 'status', class: 'lead' }, h('p', { class: 'soft' }, t('code.lead')));
  watch(app, (event) => {
    const { order_id: order, decision_id: decision } = event.data;
    if (!order && !decision) return;
    const href = order ? `#/order/${order}` : `#/decision/${decision}`;
    refill(place, h('p', { class: 'notice notice-calm' }, event.text, ' ', h('a', { href }, t('inbox.open'))));
  });
  return place;
}

/**
 * A code with its picture and countdown; a fresh one by a button. It is asked for when it is shown and not before.
 * @param {import('./main.js').App} app
 * @param {() => object} request the body that asks for a code
 * @param {string} alt
 */
export function codePanel(app, request, alt) {
  const panel = h('section', { class: 'card code-card' });
  const signal = app.stage.signal;
  const renew = async () => {
    const made = await app.api.post('/citizen/v1/name-card/codes', request());
    if (!signal.aborted) drawCode(panel, made, alt, renew, signal);
  };
  const place = h('div', { class: 'problem-place' });
  refill(panel, h('div', { class: 'code-picture code-waiting' }), place);
  const retry = button(t('code.fresh'), renew, { where: place });
  busy(retry, renew, place).then(() => { if (place.hasChildNodes()) panel.append(retry); });
  return panel;
}

/**
 * @param {HTMLElement} panel @param {any} made @param {string} alt @param {() => Promise<void>} renew
 * @param {AbortSignal} signal
 */
function drawCode(panel, made, alt, renew, signal) {
  const picture = h('img', { class: 'code-picture', src: made.qr_svg, alt, width: 300, height: 300 });
  const clock = countdown(made.expires_at, signal, () => {
    picture.classList.add('is-over');
    tell(t('code.over'));
  });
  const warnings = made.warnings.map((/** @type {any} */ warning) => h('p', { class: 'notice small' }, warning.detail));
  refill(
    panel,
    picture,
    h('output', { class: 'code-text', 'data-code': made.code }, grouped(made.code)),
    clock,
    ...warnings,
    h('div', { class: 'section-tight' }, button(t('code.fresh'), renew, { kind: 'button-quiet' })),
  );
  tell(t('code.ready'));
}

/**
 * Seconds running down; told aloud now and then, not every second.
 * @param {string} until @param {AbortSignal} signal @param {() => void} over @param {number} [life] seconds in all
 */
export function countdown(until, signal, over, life = LIFE) {
  const bar = s('rect', { x: 0, y: 0, width: 100, height: 6 });
  const track = s('svg', { class: 'track', viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, bar);
  const seconds = h('span', { class: 'seconds' });
  const end = Date.parse(until);
  const tick = () => {
    const left = Math.min(Math.max(0, Math.ceil((end - serverNow()) / 1000)), life);
    seconds.textContent = left ? t('code.seconds', { n: left }) : t('code.over');
    bar.setAttribute('width', String((100 * left) / life));
    if (TOLD_AT.includes(left)) tell(t('code.left', { n: left }));
    if (left) return;
    clearInterval(timer);
    over();
  };
  const timer = setInterval(tick, 1000);
  signal.addEventListener('abort', () => clearInterval(timer));
  setTimeout(tick);
  return h('p', { class: 'countdown' }, track, seconds);
}
