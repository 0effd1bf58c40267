/** The parts that pages are built of. */

import { fill, h, refill } from './dom.js';
import { t } from './i18n.js';
import { icon } from './icons.js';

/** @typedef {import('./dom.js').Child} Child */

/** A live region that every page shares: what happened is told to those who do not see it. */
const teller = h('div', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });

/** @param {string} text */
export function tell(text) {
  if (!teller.isConnected) document.body.append(teller);
  teller.textContent = text;
}

/** A link that looks like a button. @param {string} text @param {string} href @param {string} [kind] */
export const buttonLink = (text, href, kind = '') => h('a', { class: `button ${kind}`, href }, text);

/**
 * A button whose action shows that it is running, and whose problem appears below `where` in words.
 * @param {string} text
 * @param {() => any} action
 * @param {{kind?: string, where?: HTMLElement}} [options]
 */
export function button(text, action, { kind = '', where } = {}) {
  const element = h('button', { type: 'button', class: `button ${kind}` }, text);
  element.addEventListener('click', () => busy(element, action, where));
  return element;
}

/**
 * Run an action once at a time; its problem is shown in `where`, or under the button.
 * @param {HTMLElement} element
 * @param {() => any} action
 * @param {HTMLElement} [where]
 */
export async function busy(element, action, where) {
  if (element.getAttribute('aria-busy') === 'true') return;
  const place = where ?? placeAfter(element);
  element.setAttribute('aria-busy', 'true');
  refill(place);
  try {
    await action();
  } catch (problem) {
    fill(place, problemNotice(problem));
  } finally {
    element.removeAttribute('aria-busy');
  }
}

/** @param {HTMLElement} element @returns {HTMLElement} */
function placeAfter(element) {
  const next = /** @type {HTMLElement | null} */ (element.nextElementSibling);
  if (next?.classList.contains('problem-place')) return next;
  const place = h('div', { class: 'problem-place' });
  element.after(place);
  return place;
}

/** What went wrong, in words. @param {any} problem @param {...Child} more */
export function problemNotice(problem, ...more) {
  if (!problem?.code) console.error(problem);
  return h('div', { class: 'notice stack-small', role: 'alert' }, h('p', null, problem?.code ? problem.message : t('problem.unexpected')), ...more);
}

/** A form that sends nothing by itself. @param {() => any} action @param {string} label @param {...Child} children */
export function form(action, label, ...children) {
  const send = h('button', { type: 'submit', class: 'button' }, label);
  const place = h('div', { class: 'problem-place' });
  const element = h('form', { class: 'stack', novalidate: true }, ...children, place, send);
  element.addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    busy(send, action, place);
  });
  return element;
}

let fields = 0;

/**
 * A labelled input.
 * @param {string} label
 * @param {HTMLInputElement | HTMLSelectElement} input
 * @param {string} [hint]
 */
export function field(label, input, hint) {
  fields += 1;
  input.id = `field-${fields}`;
  if (hint) input.setAttribute('aria-describedby', `hint-${fields}`);
  const control = input.classList.contains('money') ? h('div', { class: 'input-money' }, input) : input;
  return h('div', { class: 'field' }, h('label', { for: input.id }, label), control, hint && h('p', { class: 'hint', id: `hint-${fields}` }, hint));
}

/** Names and what stands beside them; pairs without a value are left out. @param {Array<[string, Child]>} pairs */
export const facts = (pairs) => h(
  'dl',
  { class: 'facts' },
  pairs
    .filter(([, value]) => value !== null && value !== undefined && value !== false && value !== '')
    .map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))),
);

/** @param {string | null} title @param {...Child} children */
export const section = (title, ...children) => h('section', { class: 'section' }, title && h('h2', null, title), ...children);

/** @param {Child[]} rows */
export const list = (rows) => h('ul', { class: 'card card-flush list', role: 'list' }, rows.map((row) => h('li', null, row)));

/**
 * A row of a list that leads somewhere.
 * @param {{href?: string, onclick?: () => void, icon?: Child, title: Child, text?: Child, end?: Child, plain?: boolean}} row
 */
export function rowLink({ href, onclick, icon: picture, title, text, end, plain }) {
  const inside = [
    picture,
    h('span', { class: 'item-body' }, h('span', { class: 'strong' }, title), text && h('span', { class: 'small soft' }, text)),
    end,
    !plain && icon('chevron', 'chevron'),
  ];
  return href
    ? h('a', { class: 'item-link', href }, ...inside)
    : h('button', { class: 'item-link', type: 'button', onclick }, ...inside);
}

/** @param {string} text @param {string} [kind] */
export const pill = (text, kind = '') => h('span', { class: `pill ${kind}` }, text);

/** @param {string} picture @param {string} text @param {...Child} more */
export const empty = (picture, text, ...more) => h('div', { class: 'card empty' }, icon(picture), h('p', null, text), ...more);

/** @param {...Child} children */
export const card = (...children) => h('div', { class: 'card' }, ...children);

/**
 * A sheet over the page; closes by its button, by Escape and by a touch beside it.
 * @param {string} title
 * @param {...Child} children
 * @returns {HTMLDialogElement}
 */
export function sheet(title, ...children) {
  const close = h('button', { type: 'button', class: 'icon-button', 'aria-label': t('close') }, icon('close'));
  const head = h('div', { class: 'dialog-head' }, h('h2', null, title), close);
  const dialog = h('dialog', { class: 'sheet-dialog', 'aria-label': title }, h('div', { class: 'dialog-body' }, head, ...children));
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (/** @type {Event} */ event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
