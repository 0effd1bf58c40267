/** My rights over my data (PIPL 44 to 50): take everything along, have a wrong fact put right, keep a receipt. */

import { h } from '../lib/dom.js';
import { saveJson } from '../lib/download.js';
import { day, when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { button, buttonLink, card, facts, field, form, list, rowLink, section, tell } from '../lib/ui.js';

const IDENTITY = ['name', 'id_number', 'city'];
const RECORD = ['whole', 'item', 'event_on', 'ended_on', 'expires_on', 'quantity', 'details'];

/** @param {import('./main.js').App} app */
export function rightsViews(app) {
  return {
    data: () => data(app),
    correct: (/** @type {string | undefined} */ id) => correct(app, id),
    correction: (/** @type {string} */ id) => correction(app, id),
  };
}

/** @param {import('./main.js').App} app */
async function data(app) {
  const [asked, receipts] = await Promise.all([
    app.api.get('/citizen/v1/corrections?limit=100'),
    app.api.get('/citizen/v1/deletion-receipts'),
  ]);
  const rows = asked.data.map(correctionRow);
  return {
    title: t('me.data'),
    tab: 'me',
    back: '#/me',
    body: [
      card(h('div', { class: 'stack' }, h('h2', null, t('export.title')), h('p', { class: 'soft' }, t('export.lead')), exportButton(app))),
      section(t('correct.title'), h('div', { class: 'stack' }, h('p', { class: 'soft' }, t('correct.lead')), rows.length ? list(rows) : null, buttonLink(t('correct.ask'), '#/correct', 'button-quiet'))),
      receipts.data.length ? section(t('receipt.mine'), list(receipts.data.map(receiptRow))) : null,
      section(null, list([
        rowLink({ href: '#/records', icon: icon('list'), title: t('records.title'), text: t('proofs.more') }),
        rowLink({ href: '#/promises', icon: icon('check'), title: t('promise.title'), text: t('promise.more') }),
        rowLink({ href: '#/remedies', icon: icon('shield'), title: t('remedy.mine'), text: t('remedy.mine.more') }),
        rowLink({ href: '#/reviews', icon: icon('person'), title: t('review.mine'), text: t('queue.reviews.more') }),
      ])),
      section(null, list([rowLink({ href: '#/leave', icon: icon('leave'), title: t('me.leave'), text: t('me.leave.more') })])),
    ],
  };
}

/** @param {import('./main.js').App} app */
function exportButton(app) {
  return button(t('export.go'), async () => {
    const made = await app.api.post('/citizen/v1/data-exports');
    saveJson(`xinyi-my-data-${made.made_at.slice(0, 10)}.json`, made);
    tell(t('export.done'));
  });
}

/** @param {any} row */
const correctionRow = (row) => rowLink({
  href: `#/correction/${row.id}`,
  title: row.field.name,
  text: row.answered_at ? row.status.name : t('correct.due', { status: row.status.name, day: day(row.due_on) }),
});

/** @param {any} receipt */
const receiptRow = (receipt) => h(
  'div',
  { class: 'item wrap' },
  h('span', { class: 'item-body' }, h('span', { class: 'strong' }, when(receipt.left_at)), h('span', { class: 'small soft' }, t('receipt.kept30'))),
  receiptButton(receipt, 'button-quiet button-inline'),
);

/** @param {any} receipt @param {string} [kind] */
export function receiptButton(receipt, kind = 'button-quiet') {
  return button(t('receipt.save'), () => saveJson(`xinyi-receipt-${receipt.left_at.slice(0, 10)}.json`, receipt), { kind });
}

/** Ask for a correction, of the identity or of one record. @param {import('./main.js').App} app @param {string} [recordId] */
async function correct(app, recordId) {
  const records = (await app.api.get('/citizen/v1/records?limit=100')).data;
  const what = h('select', { class: 'input' }, h('option', { value: '' }, t('correct.identity')), records.map((/** @type {any} */ row) => h('option', { value: row.id }, `${row.item.name} · ${day(row.event_on)}`)));
  const which = h('select', { class: 'input' });
  const text = h('textarea', { class: 'input', rows: 4, maxlength: 1000 });
  const choose = () => which.replaceChildren(...(what.value ? RECORD : IDENTITY).map((name) => h('option', { value: name }, t(`correct.field.${name}`))));
  what.value = records.some((/** @type {any} */ row) => row.id === recordId) ? recordId ?? '' : '';
  what.addEventListener('change', choose);
  choose();
  const send = form(async () => {
    const about = what.value ? { about: 'record', record_id: what.value } : { about: 'identity' };
    const asked = await app.api.post('/citizen/v1/corrections', { ...about, field: which.value, statement: text.value.trim() });
    app.stage.go(`#/correction/${asked.id}`);
  }, t('correct.send'), field(t('correct.what'), what), field(t('correct.which'), which), field(t('correct.text'), text, t('correct.hint')));
  return { title: t('correct.ask'), tab: 'me', back: '#/data', body: [h('p', { class: 'soft lead' }, t('correct.about')), card(send)] };
}

/** @param {import('./main.js').App} app @param {string} id */
async function correction(app, id) {
  const path = `/citizen/v1/corrections/${encodeURIComponent(id)}`;
  const one = await app.api.get(path);
  const back = button(t('correct.withdraw'), async () => {
    await app.api.post(`${path}/withdraw`);
    await app.stage.again();
  }, { kind: 'button-quiet' });
  return {
    title: one.field.name,
    tab: 'me',
    back: '#/data',
    body: [
      h('p', { class: 'notice notice-calm lead', role: 'status' }, one.status.name),
      one.reason && card(h('h2', null, t('correct.answer')), h('p', null, one.reason)),
      section(null, card(facts([
        [t('correct.text'), one.statement],
        [t('correct.received'), when(one.received_at)],
        [t('correct.until'), one.answered_at ? null : day(one.due_on)],
        [t('correct.answered'), one.answered_at && when(one.answered_at)],
        [t('correct.document'), one.document],
      ]))),
      one.allowed_actions.includes('withdraw') ? section(null, back) : null,
    ],
  };
}
