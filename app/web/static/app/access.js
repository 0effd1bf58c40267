/** Who looked at my data, when, for what and at which fields; and the inbox. */

import { h } from '../lib/dom.js';
import { dayName, time, when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { empty, pill } from '../lib/ui.js';
import { more } from '../lib/more.js';

/** @param {import('./main.js').App} app */
export function accessViews(app) {
  return { access: () => looks(app), inbox: () => inbox(app) };
}

/** @param {import('./main.js').App} app */
async function looks(app) {
  const path = '/citizen/v1/access-log?limit=30';
  const page = await app.api.get(path);
  const rows = page.data.length ? byDay(page.data) : [empty('eye', t('access.none'))];
  return {
    title: t('access.title'),
    tab: 'me',
    back: '#/me',
    body: [h('p', { class: 'soft' }, t('access.lead')), ...rows, more(app, path, page, (row) => dayList([row]))],
  };
}

/** @param {any[]} rows */
function byDay(rows) {
  const days = new Map();
  for (const row of rows) days.set(dayName(row.at), [...(days.get(dayName(row.at)) ?? []), row]);
  return [...days].map(([name, looked]) => h('section', null, h('h2', { class: 'day' }, name), dayList(looked)));
}

/** @param {any[]} rows */
const dayList = (rows) => h('ul', { class: 'card card-flush list timeline', role: 'list' }, rows.map(look));

/** @param {any} row */
function look(row) {
  const fields = row.fields.map((/** @type {any} */ field) => field.name).join(t('comma'));
  return h(
    'li',
    { 'data-action': row.action.code, class: 'stack-tight' },
    h('p', { class: 'row-between' }, h('span', { class: 'strong' }, row.actor.name), h('span', { class: 'when' }, time(row.at))),
    h('p', null, row.action.name),
    row.run && h('p', { class: 'small soft' }, t('access.of_many', { members: row.run.members })),
    h('p', { class: 'small soft' }, t('access.why', { purpose: row.purpose.name })),
    fields && h('p', { class: 'small soft' }, t('access.fields', { fields })),
    row.outcome && h('p', null, pill(row.outcome.name, row.outcome.code === 'credit' ? 'pill-accent' : '')),
  );
}

/** @param {import('./main.js').App} app */
async function inbox(app) {
  const path = '/citizen/v1/events?limit=30';
  const page = await app.api.get(path);
  markRead(app, page.data);
  const list = (/** @type {any[]} */ rows) => h('ul', { class: 'card card-flush list timeline', role: 'list' }, rows.map(event));
  return {
    title: t('inbox.title'),
    back: '#/home',
    tab: 'home',
    body: [page.data.length ? list(page.data) : empty('bell', t('inbox.none')), more(app, path, page, (row) => list([row]))],
  };
}

/** @param {any} row */
function event(row) {
  return h(
    'li',
    { class: 'stack-tight' },
    h('p', { class: row.read ? '' : 'strong' }, row.text),
    h('p', { class: 'row-between' }, h('span', { class: 'when' }, when(row.at)), eventLink(row)),
  );
}

/** Where an event leads that names no one thing. @type {Record<string, string>} */
const PLACES = { session: '#/devices', pack: '#/coming' };

/** @param {any} row */
function eventLink(row) {
  const { order_id: order, decision_id: decision, correction_id: correction, review_id: review } = row.data;
  const other = correction ? `#/correction/${correction}` : review ? `#/review/${review}` : PLACES[row.kind.split('.')[0]];
  const href = order ? `#/order/${order}` : decision ? `#/decision/${decision}` : other;
  return href && h('a', { href, class: 'icon-button' }, t('inbox.open'));
}

/** What was shown was read; whether the server hears of it now or next time does not matter. @param {any} app @param {any[]} rows */
function markRead(app, rows) {
  const unread = rows.filter((row) => !row.read);
  Promise.all(unread.map((row) => app.api.post(`/citizen/v1/events/${row.id}/read`))).catch(() => {});
}
