/** Handing out my card to people beside me, or taking one: thirty seconds, by nickname and number. */

import { serverNow } from '../lib/clock.js';
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
  const signal = app.stage.signal;
  const listening = new AbortController();
  signal.addEventListener('abort', () => listening.abort());
  const known = own.nickname && !DIGIT.test(own.nickname) ? own.nickname : '';
  const nickname = h('input', { class: 'input', name: 'nickname', maxlength: 20, value: known, autocomplete: 'off' });
  const agreed = h('input', { type: 'checkbox', name: 'agreed' });
  const said = h('div', { class: 'problem-place' });
  const start = async () => {
    if (!agreed.checked) throw worded('shake.agree.first');
    const where = await whereabouts().catch(() => { throw worded('shake.nowhere'); });
    const named = nickname.value.trim() ? { nickname: nickname.value.trim() } : {};
    // What this page shows is given, whatever another phone of theirs ticked since.
    const shown = role === 'give' ? { show: own.show } : {};
    const begun = await app.api.post(PATH, { role, ...named, ...shown, place: { ...where, agreed: true } });
    listening.abort();
    await run(app, place, begun, signal);
  };
  const tapped = button(t('shake.tap'), start, { kind: 'button-quiet', where: said });
  const shaken = button(t('shake.shake'), async () => {
    if (!agreed.checked) throw worded('shake.agree.first');
    if (!(await mayListen())) throw worded('shake.deaf');
    refill(said, h('p', { class: 'notice notice-calm', role: 'status' }, t('shake.now')));
    listen(() => busy(tapped, start, said), listening.signal);
  }, { where: said });
  return [
    h('p', { class: 'soft lead' }, t(`shake.${role}.lead`)),
    card(field(t('shake.nickname'), nickname, t('shake.nickname.hint'))),
    role === 'give' && section(t('shake.gives'), face(own.preview), h('p', { class: 'under-card small' }, h('a', { href: '#/ticks' }, t('shake.change')))),
    section(t('shake.use.title'), card(h('ul', { class: 'plain-list small soft' }, ['place', 'motion', 'name'].map((what) => h('li', null, t(`shake.use.${what}`)))), h('label', { class: 'choice choice-box section-tight' }, agreed, h('span', null, t('shake.agree'))))),
    h('div', { class: 'section stack-small' }, said, shaken, tapped),
  ];
}

/** @param {string} key */
const worded = (key) => Object.assign(new Error(t(key)), { code: key });

/** The session while it runs, asked anew each second. @param {import('./main.js').App} app @param {HTMLElement} place @param {any} begun @param {AbortSignal} signal */
async function run(app, place, begun, signal) {
  const at = `${PATH}/${begun.id}`;
  const around = new Around(app, at, begun);
  const stop = async () => {
    await app.api.delete(at);
    around.show({ ...around.now, status: 'over' });
  };
  refill(place, mine(begun, signal), section(t(`shake.others.${begun.role}`), around.place), around.said, h('div', { class: 'section' }, button(t('shake.stop'), stop, { kind: 'button-quiet', where: around.said })));
  scrollTo(0, 0);
  tell(t('shake.begun', { number: begun.number }));
  while (around.now.status === 'running' && !signal.aborted) {
    await pause(EVERY_MS);
    const answer = around.now.status === 'running' && !signal.aborted && (await app.api.get(at).catch(() => null));
    if (around.now.status !== 'running') break;
    if (answer) around.show(answer);
    else if (serverNow() > Date.parse(begun.ends_at)) around.show({ ...around.now, status: 'over' });
  }
  if (signal.aborted) await app.api.delete(at).catch(() => null);
  else refill(place, ...(await result(app, around.now)));
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

/** Whom I can say yes to. Nobody moves up when another goes, so that no touch can meet the wrong person. */
class Around {
  /** @param {import('./main.js').App} app @param {string} at @param {any} begun */
  constructor(app, at, begun) {
    this.app = app;
    this.at = at;
    this.place = h('div', { 'aria-live': 'polite' });
    this.said = h('div', { class: 'problem-place' });
    /** @type {Map<string, any>} */
    this.known = new Map();
    this.done = new Set();
    this.show(begun);
  }

  /** @param {any} answer */
  show(answer) {
    const same = JSON.stringify(answer) === JSON.stringify(this.now);
    this.now = answer;
    if (same) return;
    for (const other of answer.others) this.known.set(other.id, other);
    const here = new Set(answer.others.map((/** @type {any} */ other) => other.id));
    const given = answer.role === 'give' && answer.given ? h('p', { class: 'notice notice-calm lead' }, t('shake.given', { n: answer.given })) : null;
    const rows = [...this.known.values()].map((other) => this.row(other, here.has(other.id)));
    refill(this.place, given, rows.length ? [h('ul', { class: 'card card-flush list', role: 'list' }, rows), h('p', { class: 'small soft section-tight' }, t(`shake.compare.${answer.role}`))] : empty('phone', t(`shake.none.${answer.role}`)));
  }

  /** @param {any} other @param {boolean} here */
  row(other, here) {
    return h('li', { class: 'item' }, h('span', { class: 'shake-other' }, other.number), h('span', { class: 'item-body' }, h('span', { class: 'strong' }, other.nickname)), this.end(other, here));
  }

  /** @param {any} other @param {boolean} here */
  end(other, here) {
    if (this.done.has(other.id)) return h('span', { class: 'pill pill-accent' }, t('shake.done'));
    if (!here) return h('span', { class: 'pill' }, t('shake.gone'));
    if (this.now.role === 'receive' && other.asked) return h('span', { class: 'pill pill-accent' }, t('shake.asked'));
    const text = t(this.now.role === 'give' ? 'shake.give.to' : 'shake.ask', { number: other.number });
    return button(text, () => this.say(other), { kind: 'button-inline', where: this.said });
  }

  /** @param {any} other */
  async say(other) {
    const answer = await this.app.api.post(`${this.at}/confirm`, { other: other.id, number: other.number });
    if (answer.role === 'give') this.done.add(other.id);
    this.show(answer);
  }
}

/** What came of it. @param {import('./main.js').App} app @param {any} now */
async function result(app, now) {
  const held = now.card_id ? await app.api.get(`/citizen/v1/name-cards/${now.card_id}`).catch(() => null) : null;
  const again = button(t('shake.again'), () => app.stage.again(), { kind: 'button-quiet' });
  if (held) tell(t('shake.got'));
  return [
    h('p', { class: 'notice notice-calm lead', role: 'status' }, t('shake.over'), now.role === 'give' ? ` ${t('shake.given', { n: now.given })}` : ''),
    held && section(t('shake.got'), face(held.card)),
    h('div', { class: 'section stack-small' }, held && buttonLink(t('exchange.look'), `#/held/${held.id}`, 'button-quiet'), now.given > 0 && buttonLink(t('shake.look.given'), '#/cards/given', 'button-quiet'), again),
  ];
}
