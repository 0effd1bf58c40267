/** One record of mine and its life: what it says, whether it counts, every step, and when it leaves by itself. */

import { h } from '../lib/dom.js';
import { saveJson } from '../lib/download.js';
import { day, when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { more } from '../lib/more.js';
import { button, buttonLink, card, empty, facts, list, pill, rowLink, section } from '../lib/ui.js';
import { remedyPart } from './remedies.js';
import { reviewPart } from './reviews.js';

/** @param {import('./main.js').App} app */
export function recordViews(app) {
  return {
    records: () => all(app),
    record: (/** @type {string} */ id) => one(app, id),
    proofs: () => proofs(app),
  };
}

/** @param {import('./main.js').App} app */
async function all(app) {
  const path = '/citizen/v1/records?limit=30';
  const page = await app.api.get(path);
  return {
    title: t('records.title'),
    tab: 'me',
    back: '#/data',
    body: [
      h('p', { class: 'soft lead' }, t('records.lead')),
      page.data.length ? list(page.data.map(row)) : empty('list', t('records.none')),
      more(app, path, page, row),
      section(null, list([rowLink({ href: '#/proofs', title: t('proofs.title'), text: t('proofs.more') })])),
    ],
  };
}

/** @param {any} record */
const row = (record) => rowLink({
  href: `#/record/${record.id}`,
  title: record.item.name,
  text: `${record.source.name} · ${day(record.event_on)}`,
  end: record.because && pill(record.status.code === 'active' ? t('record.silent') : record.status.name),
});

/** @param {import('./main.js').App} app @param {string} id */
async function one(app, id) {
  const path = `/citizen/v1/records/${encodeURIComponent(id)}`;
  const record = await app.api.get(path);
  return {
    title: record.item.name,
    tab: 'home',
    back: '#/records',
    body: [
      h('p', { class: 'notice notice-calm lead', role: 'status', 'data-status': record.status.code }, record.because ? record.because.name : t('record.counts')),
      card(facts([
        [t('record.source'), record.source.name],
        [t('record.on'), day(record.event_on)],
        [t('record.ended'), record.ended_on && day(record.ended_on)],
        [t('record.quantity'), record.quantity && `${record.quantity} ${record.unit ?? ''}`],
        [t('record.document'), record.details?.document_no],
        [t('record.issuer'), record.details?.issuer],
        [t('record.matter'), record.details && `${record.details.violation_type} · ${record.details.penalty_type}`],
      ])),
      remedyPart(record),
      section(t('record.life'), life(record)),
      reviewPart(app, `${path}/reviews`, record.review),
      record.correction_id
        ? section(null, buttonLink(t('record.correction'), `#/correction/${record.correction_id}`, 'button-quiet'))
        : section(null, buttonLink(t('item.wrong'), `#/correct/${record.id}`, 'button-quiet')),
    ],
  };
}

/** What happened, and what will happen by itself. @param {any} record */
export function life(record) {
  return h('ol', { class: 'card life', role: 'list' }, record.events.map(step), record.upcoming.map(ahead));
}

/** @param {any} event */
const step = (event) => h(
  'li',
  { 'data-kind': event.kind.code },
  h('p', { class: 'strong' }, event.kind.name),
  h('p', { class: 'small soft' }, `${when(event.at)} · ${event.actor}`),
  event.reason && h('p', { class: 'small' }, event.reason),
  event.document && h('p', { class: 'small soft' }, t('record.by', { document: event.document })),
);

/** @param {any} coming */
const ahead = (coming) => h(
  'li',
  { class: 'ahead', 'data-kind': coming.kind.code },
  h('p', null, coming.kind.name),
  h('p', { class: 'small soft' }, day(coming.on)),
);

/** Proofs that records were deleted in time; nothing of them is left. @param {import('./main.js').App} app */
async function proofs(app) {
  const path = '/citizen/v1/deletion-proofs?limit=30';
  const page = await app.api.get(path);
  return {
    title: t('proofs.title'),
    tab: 'me',
    back: '#/records',
    body: [
      h('p', { class: 'soft lead' }, t('proofs.lead')),
      page.data.length ? list(page.data.map(proofRow)) : empty('shield', t('proofs.none')),
      more(app, path, page, proofRow),
    ],
  };
}

/** @param {any} proof */
const proofRow = (proof) => h(
  'div',
  { class: 'item wrap' },
  h('span', { class: 'item-body' }, h('span', { class: 'strong' }, proof.rule.name), h('span', { class: 'small soft' }, day(proof.deleted_on))),
  button(t('proofs.save'), () => saveJson(`xinyi-proof-${proof.deleted_on}.json`, proof), { kind: 'button-quiet button-inline' }),
);
