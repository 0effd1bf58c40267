/** Handing out my card to people beside me, or taking one: thirty seconds, by nickname and number. */

import { h, pause, refill } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { busy, button, buttonLink, card, empty, field, section, tell } from '../lib/ui.js';
import { countdown } from './code.js';
import { face } from './face.js';
import { listen, mayListen } from './sensor.js';
import { whereabouts } from './square.js';

const PATH = '/citizen/v1/name-card/shakes';
const SECONDS = 30;
const EVERY_MS = 1000;
const DIGIT = /\p{N}/u;

/** @param {import('./main.js').App} app */
export function shakeViews(app) {
  return { shake: (/** @type {string} */ role) => shake(app, role === 'receive' ? 'receive' : 'give') };
}

/** @param {import('./main.js').App} app @param {'give' | 'receive'} role */
async function shake(app, role) {
  const own = await app.api.get('/citizen/v1/name-card');
  const segment = (/** @type {string} */ name) => h('button', { type: 'button', 'aria-pressed': String(name === role), onclick: () => app.stage.go(`#/shake/${name}`) }, t(`shake.${name}`));
  const place = h('div', null);
  refill(place, ...opening(app, role, own, place));
  return {
    title: t('card.shake'),
    tab: 'me',
    back: '#/card',
    body: [h('div', { class: 'segments lead', role: 'group', 'aria-label': t('card.shake') }, segment('give'), segment('receive')), place],
  };
}

/** What is used, the person's own word on it, and two ways to begin. @param {import('./main.js').App} app @param {'give' | 'receive'} role @param {any} own @param {HTMLElement} place */
function opening(app, role, own, place) {
  const known = own.nickname && !DIGIT.test(own.nickname) ? own.nickname : '';
  const nickname = h('input', { class: 'input', name: 'nickname', maxlength: 20, value: known, autocomplete: 'off' });
  const agreed = h('input', { type: 'checkbox', name: 'agreed' });
  const said = h('div', { class: 'problem-place' });
  const start = async () => {
    if (!agreed.checked) throw worded('shake.agree.first');
    const where = await whereabouts().catch(() => { throw worded('shake.nowhere'); });
    const named = nickname.value.trim() ? { nickname: nickname.value.trim() } : {};
    const begun = await app.api.post(PATH, { role, ...named, place: { ...where, agreed: true } });
    if (app.stage.signal.aborted) return;
    run(app, place, begun);
  };
  const tapped = button(t('shake.tap'), start, { kind: 'button-quiet', where: said });
  const shaken = button(t('shake.shake'), () => waitForShake(app, agreed, said, () => busy(tapped, start, said)), { where: said });
  return [
    h('p', { class: 'soft lead' }, t(`shake.${role}.lead`)),
    card(field(t('shake.nickname'), nickname, t('shake.nickname.hint'))),
    role === 'give' && section(t('shake.gives'), face(own.preview), h('p', { class: 'under-card small' }, h('a', { href: '#/card' }, t('shake.change')))),
    section(t('shake.use.title'), card(h('ul', { class: 'plain-list small soft' }, ['place', 'motion', 'name'].map((what) => h('li', null, t(`shake.use.${what}`)))), h('label', { class: 'choice choice-box section-tight' }, agreed, h('span', null, t('shake.agree'))))),
    h('div', { class: 'section stack-small' }, said, shaken, tapped),
  ];
}

/** Ask for the sensor, which phones allow in answer to a tap only, and begin at the shake. @param {import('./main.js').App} app @param {HTMLInputElement} agreed @param {HTMLElement} said @param {() => void} shaken */
async function waitForShake(app, agreed, said, shaken) {
  if (!agreed.checked) throw worded('shake.agree.first');
  if (!(await mayListen())) throw worded('shake.deaf');
  refill(said, h('p', { class: 'notice notice-calm', role: 'status' }, t('shake.now')));
  const once = new AbortController();
  app.stage.signal.addEventListener('abort', () => once.abort());
  listen(() => { once.abort(); shaken(); }, once.signal);
}

/** @param {string} key */
const worded = (key) => Object.assign(new Error(t(key)), { code: key });

/** The session while it runs, asked anew each second. @param {import('./main.js').App} app @param {HTMLElement} place @param {any} begun */
async function run(app, place, begun) {
  const signal = app.stage.signal;
  const others = h('div', { 'aria-live': 'polite' });
  const said = h('div', { class: 'problem-place' });
  const at = `${PATH}/${begun.id}`;
  let now = begun;
  const seen = (/** @type {any} */ answer) => {
    now = answer;
    refill(others, ...around(app, at, now, said, seen));
  };
  const stop = async () => {
    await app.api.delete(at);
    seen({ ...now, status: 'over' });
  };
  refill(place, mine(begun, signal), section(t(`shake.others.${begun.role}`), others), said, h('div', { class: 'section' }, button(t('shake.stop'), stop, { kind: 'button-quiet', where: said })));
  seen(begun);
  scrollTo(0, 0);
  tell(t('shake.begun', { number: begun.number }));
  while (now.status === 'running' && !signal.aborted) {
    await pause(EVERY_MS);
    const answer = now.status === 'running' && !signal.aborted && (await app.api.get(at).catch(() => null));
    if (answer && now.status === 'running' && JSON.stringify(answer) !== JSON.stringify(now)) seen(answer);
  }
  if (signal.aborted) await app.api.delete(at).catch(() => null);
  else refill(place, ...(await result(app, now)));
}

/** My own nickname and number, large enough to be read across a table. @param {any} begun @param {AbortSignal} signal */
function mine(begun, signal) {
  return h(
    'section',
    { class: 'card code-card' },
    h('p', { class: 'soft' }, t('shake.me', { nickname: begun.nickname })),
    h('output', { class: 'shake-number', 'aria-label': t('shake.mine') }, begun.number),
    countdown(begun.ends_at, signal, () => {}, SECONDS),
  );
}

/** @param {import('./main.js').App} app @param {string} at @param {any} now @param {HTMLElement} said @param {(answer: any) => void} seen */
function around(app, at, now, said, seen) {
  const given = now.role === 'give' && now.given ? h('p', { class: 'notice notice-calm lead' }, t('shake.given', { n: now.given })) : null;
  if (!now.others.length) return [given, empty('phone', t(`shake.none.${now.role}`))];
  const yes = (/** @type {any} */ other) => button(
    t(now.role === 'give' ? 'shake.give.to' : 'shake.ask', { number: other.number }),
    async () => seen(await app.api.post(`${at}/confirm`, { other: other.id, number: other.number })),
    { kind: 'button-inline', where: said },
  );
  const row = (/** @type {any} */ other) => h(
    'li',
    { class: 'item' },
    h('span', { class: 'shake-other' }, other.number),
    h('span', { class: 'item-body' }, h('span', { class: 'strong' }, other.nickname)),
    now.role === 'receive' && other.asked ? h('span', { class: 'pill pill-accent' }, t('shake.asked')) : yes(other),
  );
  return [given, h('ul', { class: 'card card-flush list', role: 'list' }, now.others.map(row)), h('p', { class: 'small soft section-tight' }, t(`shake.compare.${now.role}`))];
}

/** What came of it. @param {import('./main.js').App} app @param {any} now */
async function result(app, now) {
  const held = now.card_id ? await app.api.get(`/citizen/v1/name-cards/${now.card_id}`).catch(() => null) : null;
  const again = button(t('shake.again'), () => app.stage.again(), { kind: 'button-quiet' });
  if (held) tell(t('shake.got'));
  return [
    h('p', { class: 'notice notice-calm lead', role: 'status' }, t('shake.over'), now.role === 'give' ? ` ${t('shake.given', { n: now.given })}` : ''),
    held && section(t('shake.got'), face(held.card)),
    h('div', { class: 'section stack-small' }, held && buttonLink(t('shake.look'), '#/cards'), again),
  ];
}
