/** Score packs: those in force, every version of one, proposing a text, its simulation, and publishing it. */

import { h, pause } from '../lib/dom.js';
import { day, when } from '../lib/format.js';
import { language, t } from '../lib/i18n.js';
import { button, buttonLink, card, facts, field, form, list, pill, rowLink, section } from '../lib/ui.js';
import { may, proposal } from './approvals.js';
import { figures, lines } from './pack_figures.js';

const PATH = '/operator/v1/packs';
const EVERY = 2500;
const WRITERS = ['admin', 'office'];

/** @param {import('./main.js').Desk} desk */
export function packViews(desk) {
  return {
    packs: () => all(desk),
    pack: (/** @type {string} */ code, /** @type {string | undefined} */ version) => (version ? one(desk, code, version) : versions(desk, code)),
    'pack-new': () => create(desk),
  };
}

/** @param {any} version */
const state = ({ status }) => pill(t(`pack.status.${status}`), status === 'in_force' ? 'pill-accent' : ['simulated', 'scheduled'].includes(status) ? 'pill-notice' : '');

/** @param {any} version @returns {string} */
const named = (version) => version.name?.[language()] ?? version.code;

/** @param {string} code @param {number | string} version */
const link = (code, version) => `#/pack/${encodeURIComponent(code)}/${version}`;

/** @param {import('./main.js').Desk} desk */
async function all(desk) {
  const [found, me] = await Promise.all([desk.api.get(PATH), desk.me()]);
  return {
    title: t('desk.tab.packs'),
    tab: 'packs',
    body: [
      found.open.length > 0 && section(t('pack.open'), list(found.open.map((/** @type {any} */ version) => row(version, `${named(version)} ${t('pack.version', { version: version.version })}`)))),
      section(t('pack.inForce'), list(found.data.map((/** @type {any} */ pack) => rowLink({
        href: `#/pack/${encodeURIComponent(pack.code)}`,
        title: pack.name[language()],
        text: [t('pack.version', { version: pack.version }), pack.illustrative && t('pack.illustrative'), pack.superseded_by && t('pack.superseded', { code: pack.superseded_by })].filter(Boolean).join(' · '),
      })))),
      may(me, ...WRITERS) && section(null, buttonLink(t('pack.propose'), '#/pack-new', 'button-quiet')),
    ],
  };
}

/** @param {any} version @param {string} title */
const row = (version, title) => rowLink({
  href: link(version.code, version.version),
  title,
  text: version.effective_on ? t('pack.from', { day: day(version.effective_on) }) : version.proposed_by,
  end: state(version),
  plain: !version.id,
});

/** @param {import('./main.js').Desk} desk @param {string} code */
async function versions(desk, code) {
  const { data } = await desk.api.get(`${PATH}/${encodeURIComponent(code)}/versions`);
  return {
    title: data[0].name?.[language()] ?? code,
    tab: 'packs',
    back: '#/packs',
    body: [list(data.map((/** @type {any} */ version) => row(version, t('pack.version', { version: version.version }))))],
  };
}

/** @param {import('./main.js').Desk} desk @param {string} code @param {string} number */
async function one(desk, code, number) {
  const path = `${PATH}/${encodeURIComponent(code)}/versions/${encodeURIComponent(number)}`;
  const [version, me] = await Promise.all([desk.api.get(path), desk.me()]);
  if (version.status === 'proposed') lookAgain(desk);
  return {
    title: `${named(version)} ${t('pack.version', { version: version.version })}`,
    tab: 'packs',
    back: `#/pack/${encodeURIComponent(code)}`,
    body: [
      h('p', { class: 'row-between lead-row', 'data-status': version.status }, h('span', { class: 'soft' }, version.by_release ? t('pack.byRelease') : version.reason), state(version)),
      card(facts(pairs(version))),
      version.approval_id && section(null, buttonLink(t('pack.approval'), `#/approval/${version.approval_id}`)),
      figures(version),
      section(null, h('details', null, h('summary', null, t('pack.text')), lines(t('pack.text'), version.text))),
      may(me, ...WRITERS) && deeds(desk, path, version),
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
  ['SHA-256', h('code', { class: 'tiny pack-digest' }, version.sha256)],
];

/** @param {import('./main.js').Desk} desk @param {string} path @param {any} version */
function deeds(desk, path, version) {
  const can = (/** @type {string} */ deed) => version.allowed_actions.includes(deed);
  const again = (/** @type {string} */ deed) => button(t(`pack.${deed}`), async () => {
    await desk.api.post(`${path}/${deed}`, {});
    await desk.stage.again();
  }, { kind: 'button-quiet' });
  return [
    can('publish') && section(t('pack.publish'), card(h('p', { class: 'small soft lead' }, t('pack.publish.lead', { days: version.notice_days })), publication(desk, path))),
    (can('simulate') || can('withdraw')) && section(t('pack.other'), h('div', { class: 'stack-small' }, can('simulate') && again('simulate'), can('withdraw') && [h('p', { class: 'small soft' }, t('pack.withdraw.lead')), again('withdraw')])),
  ];
}

/** @param {import('./main.js').Desk} desk @param {string} path */
function publication(desk, path) {
  const notices = ['notice_zh', 'notice_en'].map((name) => h('textarea', { class: 'input', name, rows: 3, maxlength: 1000, lang: name.slice(-2) }));
  const from = h('input', { class: 'input', name: 'effective_on', type: 'date' });
  const body = () => ({ notice_zh: notices[0].value.trim(), notice_en: notices[1].value.trim(), effective_on: from.value });
  return proposal(desk, `${path}/publish`, t('approval.propose'), body, field(t('pack.noticeZh'), notices[0], t('pack.notice.hint')), field(t('pack.noticeEn'), notices[1]), field(t('pack.effective'), from));
}

/** @param {import('./main.js').Desk} desk */
function create(desk) {
  const text = h('textarea', { class: 'input pack-input', name: 'text', rows: 14, spellcheck: 'false', autocomplete: 'off' });
  const file = h('input', { class: 'input', name: 'file', type: 'file', accept: '.toml,text/plain' });
  const reason = h('input', { class: 'input', name: 'reason', maxlength: 500, autocomplete: 'off' });
  file.addEventListener('change', async () => { if (file.files?.[0]) text.value = await file.files[0].text(); });
  const send = async () => {
    const why = reason.value.trim();
    const found = await desk.api.post(PATH, { text: text.value, ...(why ? { reason: why } : {}) });
    desk.stage.go(link(found.code, found.version));
  };
  return {
    title: t('pack.propose'),
    tab: 'packs',
    back: '#/packs',
    body: [
      h('p', { class: 'small soft lead' }, t('pack.propose.lead')),
      card(form(send, t('pack.propose.send'), field(t('pack.file'), file), field(t('pack.text'), text), field(t('approval.reason'), reason, t('approval.reason.hint')))),
    ],
  };
}
