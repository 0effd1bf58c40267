/** What is published in versions, packs and offers: those in force, every version, proposing a text, publishing it. */

import { h, pause } from '../lib/dom.js';
import { day, when } from '../lib/format.js';
import { language, t, worded } from '../lib/i18n.js';
import { button, buttonLink, card, facts, field, form, list, pill, rowLink, section } from '../lib/ui.js';
import { may, proposal } from './approvals.js';
import { lines } from './pack_figures.js';

const EVERY = 2500;
const WRITERS = ['admin', 'office'];

/**
 * @typedef {object} Kind what differs between packs and offers
 * @property {string} name pack or offer: its views begin with it
 * @property {(key: string) => string} own the key of its own word, where it has one; the others are those of packs
 * @property {string} path
 * @property {(row: any) => any} about what a row in force says besides its name
 * @property {(version: any) => any} figures the simulation and what changes
 * @property {any} [more] what else stands on the first page
 */

/** @param {import('./main.js').Desk} desk @param {Kind} kind */
export function versionViews(desk, kind) {
  return {
    [`${kind.name}s`]: () => all(desk, kind),
    [kind.name]: (/** @type {string} */ code, /** @type {string | undefined} */ version) => (version ? one(desk, kind, code, version) : versions(desk, kind, code)),
    [`${kind.name}-new`]: () => create(desk, kind),
  };
}

/** The kind's own word, or that of packs. @param {Kind} kind @param {string} key @param {Record<string, string | number>} [params] */
const say = (kind, key, params) => t(worded(kind.own(key)) ? kind.own(key) : `pack.${key}`, params);

/** @param {any} version */
const state = ({ status }) => pill(t(`pack.status.${status}`), status === 'in_force' ? 'pill-accent' : ['simulated', 'scheduled'].includes(status) ? 'pill-notice' : '');

/** @param {any} version @returns {string} */
const named = (version) => version.name?.[language()] ?? version.code;

/** @param {Kind} kind @param {string} code @param {number | string} version */
const link = (kind, code, version) => `#/${kind.name}/${encodeURIComponent(code)}/${version}`;

/** @param {import('./main.js').Desk} desk @param {Kind} kind */
async function all(desk, kind) {
  const [found, me] = await Promise.all([desk.api.get(kind.path), desk.me()]);
  return {
    title: say(kind, 'title'),
    tab: 'packs',
    back: kind.name === 'pack' ? undefined : '#/packs',
    body: [
      kind.more,
      found.open.length > 0 && section(t('pack.open'), list(found.open.map((/** @type {any} */ version) => row(kind, version, `${named(version)} ${t('pack.version', { version: version.version })}`)))),
      section(t('pack.inForce'), list(found.data.map((/** @type {any} */ present) => rowLink({
        href: `#/${kind.name}/${encodeURIComponent(present.code)}`,
        title: present.name[language()],
        text: [t('pack.version', { version: present.version }), ...kind.about(present)].filter(Boolean).join(' · '),
      })))),
      may(me, ...WRITERS) && section(null, buttonLink(say(kind, 'propose'), `#/${kind.name}-new`, 'button-quiet')),
    ],
  };
}

/** @param {Kind} kind @param {any} version @param {string} title */
const row = (kind, version, title) => rowLink({
  href: link(kind, version.code, version.version),
  title,
  text: version.effective_on ? t('pack.from', { day: day(version.effective_on) }) : version.proposed_by,
  end: state(version),
  plain: !version.id,
});

/** @param {import('./main.js').Desk} desk @param {Kind} kind @param {string} code */
async function versions(desk, kind, code) {
  const { data } = await desk.api.get(`${kind.path}/${encodeURIComponent(code)}/versions`);
  return {
    title: data[0].name?.[language()] ?? code,
    tab: 'packs',
    back: `#/${kind.name}s`,
    body: [list(data.map((/** @type {any} */ version) => row(kind, version, t('pack.version', { version: version.version }))))],
  };
}

/** @param {import('./main.js').Desk} desk @param {Kind} kind @param {string} code @param {string} number */
async function one(desk, kind, code, number) {
  const path = `${kind.path}/${encodeURIComponent(code)}/versions/${encodeURIComponent(number)}`;
  const [version, me] = await Promise.all([desk.api.get(path), desk.me()]);
  if (version.status === 'proposed') lookAgain(desk);
  return {
    title: `${named(version)} ${t('pack.version', { version: version.version })}`,
    tab: 'packs',
    back: `#/${kind.name}/${encodeURIComponent(code)}`,
    body: [
      h('p', { class: 'row-between lead-row', 'data-status': version.status }, h('span', { class: 'soft' }, version.by_release ? t('pack.byRelease') : version.reason), state(version)),
      card(facts(pairs(version))),
      version.approval_id && section(null, buttonLink(t('pack.approval'), `#/approval/${version.approval_id}`)),
      kind.figures(version),
      section(null, h('details', null, h('summary', null, say(kind, 'text')), lines(say(kind, 'text'), version.text))),
      may(me, ...WRITERS) && deeds(desk, kind, path, version),
    ],
  };
}

/** Show the simulation once it is there, while this page stays open. @param {import('./main.js').Desk} desk */
async function lookAgain(desk) {
  const signal = desk.stage.signal;
  await pause(EVERY);
  if (!signal.aborted) await desk.stage.again();
}

/** @param {any} version @returns {Array<[string, any]>} */
const pairs = (version) => [
  [t('approval.proposed'), !version.by_release && t('approval.by', { name: version.proposed_by, when: when(version.proposed_at) })],
  [t('pack.simulatedAt'), version.simulated_at && when(version.simulated_at)],
  [t('pack.approved'), version.approved_by && t('approval.by', { name: version.approved_by, when: when(version.approved_at) })],
  [t('pack.effective'), version.effective_on && day(version.effective_on)],
  [t('pack.notice'), version.notice && h('span', null, version.notice.zh, h('br'), version.notice.en)],
  [t('pack.withdrawn'), version.withdrawn_by && t('approval.by', { name: version.withdrawn_by, when: when(version.withdrawn_at) })],
  ['SHA-256', version.sha256 && h('code', { class: 'tiny pack-digest' }, version.sha256)],
];

/** @param {import('./main.js').Desk} desk @param {Kind} kind @param {string} path @param {any} version */
function deeds(desk, kind, path, version) {
  const can = (/** @type {string} */ deed) => version.allowed_actions.includes(deed);
  const again = (/** @type {string} */ deed) => button(t(`pack.${deed}`), async () => {
    await desk.api.post(`${path}/${deed}`, {});
    await desk.stage.again();
  }, { kind: 'button-quiet' });
  return [
    can('publish') && section(t('pack.publish'), card(h('p', { class: 'small soft lead' }, say(kind, 'publish.lead', { days: version.notice_days })), publication(desk, kind, path))),
    (can('simulate') || can('withdraw')) && section(t('pack.other'), h('div', { class: 'stack-small' }, can('simulate') && again('simulate'), can('withdraw') && [h('p', { class: 'small soft' }, t('pack.withdraw.lead')), again('withdraw')])),
  ];
}

/** @param {import('./main.js').Desk} desk @param {Kind} kind @param {string} path */
function publication(desk, kind, path) {
  const notices = ['notice_zh', 'notice_en'].map((name) => h('textarea', { class: 'input', name, rows: 3, maxlength: 1000, lang: name.slice(-2) }));
  const from = h('input', { class: 'input', name: 'effective_on', type: 'date' });
  const body = () => ({ notice_zh: notices[0].value.trim(), notice_en: notices[1].value.trim(), effective_on: from.value });
  return proposal(desk, `${path}/publish`, t('approval.propose'), body, field(t('pack.noticeZh'), notices[0], say(kind, 'notice.hint')), field(t('pack.noticeEn'), notices[1]), field(t('pack.effective'), from));
}

/** @param {import('./main.js').Desk} desk @param {Kind} kind */
function create(desk, kind) {
  const text = h('textarea', { class: 'input pack-input', name: 'text', rows: 14, spellcheck: 'false', autocomplete: 'off' });
  const file = h('input', { class: 'input', name: 'file', type: 'file', accept: '.toml,text/plain' });
  const reason = h('input', { class: 'input', name: 'reason', maxlength: 500, autocomplete: 'off' });
  file.addEventListener('change', async () => { if (file.files?.[0]) text.value = await file.files[0].text(); });
  const send = async () => {
    const why = reason.value.trim();
    const found = await desk.api.post(kind.path, { text: text.value, ...(why ? { reason: why } : {}) });
    desk.stage.go(link(kind, found.code, found.version));
  };
  return {
    title: say(kind, 'propose'),
    tab: 'packs',
    back: `#/${kind.name}s`,
    body: [
      h('p', { class: 'small soft lead' }, say(kind, 'propose.lead')),
      card(form(send, t('pack.propose.send'), field(t('pack.file'), file), field(say(kind, 'text'), text), field(t('approval.reason'), reason, t('approval.reason.hint')))),
    ],
  };
}
