/** What the queues of cases share: the list of what waits, which names nobody, and the record that a case is about. */

import { day } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { more } from '../lib/more.js';
import { empty, list, pill, rowLink } from '../lib/ui.js';

/**
 * @typedef {object} Queue
 * @property {string} name of its view; its title is `queue.<name>`
 * @property {string} path
 * @property {string} none what to say where nothing waits
 * @property {(waiting: any) => HTMLElement} row
 */

/** @param {import('./main.js').Desk} desk @param {Queue} queue */
export async function queuePage(desk, { name, path, none, row }) {
  const first = `${path}?limit=100`;
  const page = await desk.api.get(first);
  return {
    title: t(`queue.${name}`),
    tab: 'queues',
    back: '#/queues',
    body: [page.data.length ? list(page.data.map(row)) : empty('check', none), more(desk, first, page, row)],
  };
}

/** A case and the day by which it is to be answered. @param {string} href @param {string} title @param {any} waiting @param {boolean} overdue */
export const dueRow = (href, title, waiting, overdue) => rowLink({
  href,
  title,
  text: t('case.due', { day: day(waiting.due_on) }),
  end: overdue && pill(t('case.overdue'), 'pill-notice'),
});

/** The record in question, as its department said it. @param {any} record @param {Array<[string, any]>} more @returns {Array<[string, any]>} */
export const recordFacts = (record, ...more) => [
  [t('correct.field.item'), record.item.name],
  ...more,
  [t('case.source'), record.source_name],
  [t('case.number'), record.source_record_id],
  [t('correct.field.event_on'), day(record.event_on)],
  [t('correct.field.ended_on'), record.ended_on && day(record.ended_on)],
  [t('correct.field.expires_on'), day(record.expires_on)],
  [t('correct.field.quantity'), record.quantity],
  [t('remedy.said'), record.statement],
];
