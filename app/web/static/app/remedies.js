/** Remedies against a record of mine: dispute it, ask for its repair, say something of it; and follow what I asked. */

import { h } from '../lib/dom.js';
import { day, when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { button, card, empty, facts, field, form, list, rowLink, section } from '../lib/ui.js';

const GROUNDS = ['not_mine', 'untrue', 'inaccurate', 'outdated', 'use'];

/** @param {import('./main.js').App} app */
export function remedyViews(app) {
  return {
    remedies: () => all(app),
    contest: (/** @type {string} */ id) => contest(app, id),
    mend: (/** @type {string} */ id) => mend(app, id),
    state: (/** @type {string} */ id) => state(app, id),
    dispute: (/** @type {string} */ id) => one(app, 'disputes', id),
    repair: (/** @type {string} */ id) => one(app, 'repairs', id),
  };
}

/** What I say of a record, and what I may do about it, for its page. @param {any} record */
export function remedyPart(record) {
  const { remedies } = record;
  const may = (/** @type {string} */ name) => remedies.allowed_actions.includes(name);
  const rows = [
    remedies.dispute_id && rowLink({ href: `#/dispute/${remedies.dispute_id}`, icon: icon('shield'), title: t('remedy.dispute.open'), text: t('remedy.dispute.open.more') }),
    may('dispute') && rowLink({ href: `#/contest/${record.id}`, icon: icon('shield'), title: t('remedy.contest'), text: t('remedy.contest.more') }),
    remedies.repair_id && rowLink({ href: `#/repair/${remedies.repair_id}`, icon: icon('check'), title: t('remedy.repair.open'), text: t('remedy.repair.open.more') }),
    may('repair') && rowLink({ href: `#/mend/${record.id}`, icon: icon('check'), title: t('remedy.mend'), text: t('remedy.mend.more') }),
    !may('repair') && !remedies.repair_id && remedies.repairable_from && later(remedies.repairable_from),
    may('state') && rowLink({ href: `#/state/${record.id}`, icon: icon('person'), title: t(record.statement ? 'remedy.state.change' : 'remedy.state'), text: t('remedy.state.more') }),
  ].filter(Boolean);
  return h(
    'div',
    null,
    record.statement && section(t('remedy.said'), card(h('p', { 'data-statement': '' }, record.statement))),
    rows.length ? section(t('remedy.may'), list(rows)) : null,
  );
}

/** Repair is a right from a day on. @param {string} from */
const later = (from) => h('div', { class: 'item' }, icon('check'), h('span', { class: 'item-body' }, h('span', null, t('remedy.mend')), h('span', { class: 'small soft' }, t('remedy.mend.from', { day: day(from) }))));

/** @param {import('./main.js').App} app */
async function all(app) {
  const [disputes, repairs] = await Promise.all(['disputes', 'repairs'].map((kind) => app.api.get(`/citizen/v1/${kind}?limit=100`)));
  return {
    title: t('remedy.mine'),
    tab: 'me',
    back: '#/data',
    body: [
      h('p', { class: 'soft lead' }, t('remedy.mine.lead')),
      part('dispute', disputes.data),
      part('repair', repairs.data),
      section(null, list([rowLink({ href: '#/pledges', icon: icon('person'), title: t('pledge.mine'), text: t('pledge.mine.more') })])),
    ],
  };
}

/** @param {'dispute' | 'repair'} kind @param {any[]} rows */
const part = (kind, rows) => section(t(`remedy.${kind}s`), rows.length ? list(rows.map((one) => askedRow(kind, one))) : empty('check', t(`remedy.${kind}s.none`)));

/** @param {'dispute' | 'repair'} kind @param {any} asked */
const askedRow = (kind, asked) => rowLink({
  href: `#/${kind}/${asked.id}`,
  title: asked.ground?.name ?? t('remedy.mend'),
  text: asked.answered_at ? asked.status.name : t('correct.due', { status: asked.status.name, day: day(asked.due_on) }),
});

/** @param {import('./main.js').App} app @param {string} id */
async function contest(app, id) {
  const record = await app.api.get(`/citizen/v1/records/${encodeURIComponent(id)}`);
  const ground = h('select', { class: 'input', name: 'ground' }, GROUNDS.map((code) => h('option', { value: code }, t(`remedy.ground.${code}`))));
  const text = h('textarea', { class: 'input', name: 'statement', rows: 4, maxlength: 1000 });
  const evidence = h('textarea', { class: 'input', name: 'evidence', rows: 2, maxlength: 1000 });
  const send = form(async () => {
    const said = evidence.value.trim();
    const body = { ground: ground.value, statement: text.value.trim(), ...(said ? { new_evidence: said } : {}) };
    const asked = await app.api.post(`/citizen/v1/records/${record.id}/disputes`, body);
    app.stage.go(`#/dispute/${asked.id}`);
  }, t('remedy.contest.send'), field(t('remedy.ground'), ground), field(t('correct.text'), text, t('correct.hint')), again(record) && field(t('remedy.evidence'), evidence, t('remedy.evidence.hint')));
  return about(record, t('remedy.contest'), t('remedy.contest.lead'), send);
}

/** Whether it stood against a dispute before. @param {any} record */
const again = (record) => record.events.some((/** @type {any} */ event) => event.kind.code === 'upheld');

/** @param {import('./main.js').App} app @param {string} id */
async function mend(app, id) {
  const record = await app.api.get(`/citizen/v1/records/${encodeURIComponent(id)}`);
  const text = h('textarea', { class: 'input', name: 'statement', rows: 4, maxlength: 1000 });
  const send = form(async () => {
    const asked = await app.api.post(`/citizen/v1/records/${record.id}/repairs`, { statement: text.value.trim() });
    app.stage.go(`#/repair/${asked.id}`);
  }, t('correct.send'), field(t('remedy.mended'), text, t('correct.hint')));
  return about(record, t('remedy.mend'), t('remedy.mend.lead'), send);
}

/** @param {import('./main.js').App} app @param {string} id */
async function state(app, id) {
  const record = await app.api.get(`/citizen/v1/records/${encodeURIComponent(id)}`);
  const path = `/citizen/v1/records/${record.id}/statements`;
  const text = h('textarea', { class: 'input', name: 'text', rows: 4, maxlength: 500 }, record.statement ?? '');
  const send = form(async () => {
    await app.api.post(path, { text: text.value.trim() });
    app.stage.go(`#/record/${record.id}`);
  }, t('remedy.state.save'), field(t('remedy.said'), text, t('remedy.state.hint')));
  const remove = record.statement && button(t('remedy.state.remove'), async () => {
    await app.api.delete(path);
    app.stage.go(`#/record/${record.id}`);
  }, { kind: 'button-quiet' });
  return about(record, t('remedy.state'), t('remedy.state.lead'), send, remove);
}

/** A page about one record. @param {any} record @param {string} title @param {string} lead @param {...any} parts */
const about = (record, title, lead, ...parts) => ({
  title,
  tab: 'me',
  back: `#/record/${record.id}`,
  body: [
    h('p', { class: 'soft lead' }, lead),
    card(facts([[t('correct.field.item'), record.item.name], [t('record.source'), record.source.name], [t('record.on'), day(record.event_on)]])),
    ...parts.filter(Boolean).map((one) => section(null, card(one))),
  ],
});

/** @param {import('./main.js').App} app @param {'disputes' | 'repairs'} kind @param {string} id */
async function one(app, kind, id) {
  const path = `/citizen/v1/${kind}/${encodeURIComponent(id)}`;
  const asked = await app.api.get(path);
  const back = button(t('correct.withdraw'), async () => {
    await app.api.post(`${path}/withdraw`);
    await app.stage.again();
  }, { kind: 'button-quiet' });
  return {
    title: t(kind === 'disputes' ? 'remedy.disputes' : 'remedy.mend'),
    tab: 'me',
    back: '#/remedies',
    body: [
      h('p', { class: 'notice notice-calm lead', role: 'status', 'data-status': asked.status.code }, asked.status.name),
      asked.allowed_actions.length > 0 && h('p', { class: 'soft' }, t(asked.escalated_at ? `remedy.${kind}.late` : `remedy.${kind}.waits`, { day: day(asked.due_on) })),
      asked.reason && card(h('h2', null, t('correct.answer')), h('p', null, asked.reason), asked.document && h('p', { class: 'small soft' }, t('record.by', { document: asked.document }))),
      section(null, card(facts([
        [t('remedy.ground'), asked.ground?.name],
        [t(asked.asked_by === 'operator' ? 'remedy.office' : kind === 'disputes' ? 'correct.text' : 'remedy.mended'), asked.statement],
        [t('remedy.evidence'), asked.new_evidence],
        [t('remedy.asked'), when(asked.asked_at)],
        [t('correct.until'), day(asked.due_on)],
        [t('correct.answered'), asked.answered_at && when(asked.answered_at)],
      ]))),
      section(null, list([rowLink({ href: `#/record/${asked.record_id}`, title: t('review.record') })])),
      asked.allowed_actions.includes('withdraw') ? section(null, back) : null,
    ],
  };
}
