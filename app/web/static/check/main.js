/** Whoever was given a credit report checks it here by its code. No login, nothing kept; a file never leaves the device. */

import { begin } from '../lib/begin.js';
import { h, refill } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { ask } from '../lib/http.js';
import { languageTag, t } from '../lib/i18n.js';
import { brand } from '../lib/icons.js';
import { problemOf } from '../lib/problem.js';
import { reportParts } from '../lib/report.js';
import { languageButton } from '../lib/switch.js';
import { button, card, facts, field, form, section } from '../lib/ui.js';

const HEX = 16;

/** The code in the fragment, which no server and no log sees; taken out of the address at once. */
function takeCode() {
  const code = decodeURIComponent(location.hash.slice(1)).slice(0, 40);
  if (code) history.replaceState(null, '', location.pathname);
  return code;
}

/** @param {string} code @returns {Promise<any>} */
async function check(code) {
  const answer = await ask('/reports/v1/checks', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Accept-Language': languageTag() },
    body: JSON.stringify({ code }),
  });
  if (!answer.ok) throw await problemOf(answer);
  return answer.json();
}

/** @param {HTMLElement} page @param {string} code */
function enter(page, code) {
  const input = h('input', { class: 'input input-code', value: code, autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', maxlength: 40 });
  const send = form(async () => show(page, await check(input.value.trim())), t('report.check.go'), field(t('report.check.code'), input, t('report.check.code.hint')));
  frame(page, t('report.check.title'), h('p', { class: 'soft lead' }, t('report.check.lead')), card(send));
}

/** @param {HTMLElement} page @param {any} found */
function show(page, found) {
  frame(
    page,
    t('report.check.genuine'),
    card(facts([
      [t(found.kind === 'entity' ? 'report.check.entity' : 'report.check.name'), found.subject_name],
      [t('report.check.made'), when(found.made_at)],
      [t('report.check.until'), when(found.expires_at)],
      [t('report.check.issuer'), found.issuer],
      [t('report.check.digest'), h('code', { class: 'small digest' }, found.sha256)],
    ])),
    found.report ? null : section(null, h('p', { class: 'notice notice-calm' }, t('report.check.sealed'))),
    section(null, compare(found.sha256)),
    ...(found.report ? [section(null), ...reportParts(found.report)] : []),
    section(null, h('div', { class: 'stack-small' }, h('p', { class: 'small soft' }, t('report.check.duty')), button(t('report.check.again'), () => enter(page, ''), { kind: 'button-quiet' }))),
  );
}

/** Compare a file with what was issued, without sending it. @param {string} digest */
function compare(digest) {
  const said = h('p', { role: 'status', class: 'strong' });
  const input = h('input', { type: 'file', accept: 'application/pdf', hidden: true, 'aria-label': t('report.check.file') });
  input.addEventListener('change', async () => {
    const file = input.files?.[0];
    if (!file) return refill(said);
    return refill(said, t((await sha256(file)) === digest ? 'report.check.same' : 'report.check.other'));
  });
  return card(h('div', { class: 'stack-small' }, button(t('report.check.file'), () => input.click(), { kind: 'button-quiet' }), input, h('p', { class: 'small soft' }, t('report.check.file.hint')), said));
}

/** @param {Blob} file */
async function sha256(file) {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(HEX).padStart(2, '0')).join('');
}

/** @param {HTMLElement} page @param {string} title @param {...import('../lib/dom.js').Child} body */
function frame(page, title, ...body) {
  const top = h('header', { class: 'masthead' }, h('a', { class: 'brand', href: '/' }, brand(), t('product')), h('span', { class: 'grow' }), languageButton());
  const head = h('div', { class: 'page-head page-head-plain' }, h('h1', null, title));
  const main = h('main', { class: 'sheet', id: 'main', tabindex: -1 }, head, ...body);
  document.title = `${title} · ${t('product')}`;
  refill(page, top, main);
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
}

begin(async (page) => enter(page, takeCode()));
