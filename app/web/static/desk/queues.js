/** The first page: every queue, and how much waits in it. */

import { h } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { list, pill, rowLink, section } from '../lib/ui.js';

/** A queue: its view's name and the list that it reads; its words are `queue.<name>` and `queue.<name>.more`. */
const QUEUES = [
  { name: 'approvals', picture: 'check', path: '/operator/v1/approvals' },
  { name: 'corrections', picture: 'shield', path: '/operator/v1/corrections' },
  { name: 'disputes', picture: 'shield', path: '/operator/v1/disputes' },
  { name: 'order_disputes', picture: 'shield', path: '/operator/v1/order-disputes' },
  { name: 'repairs', picture: 'check', path: '/operator/v1/repairs' },
  { name: 'reviews', picture: 'person', path: '/operator/v1/reviews' },
];

/** @param {import('./main.js').Desk} desk */
export function queueViews(desk) {
  return { queues: () => queues(desk) };
}

/** @param {import('./main.js').Desk} desk */
async function queues(desk) {
  const waiting = await Promise.all(QUEUES.map(({ path }) => desk.api.get(`${path}?limit=100`)));
  const rows = QUEUES.map(({ name, picture }, place) => rowLink({
    href: `#/${name}`,
    icon: icon(picture),
    title: t(`queue.${name}`),
    text: t(`queue.${name}.more`),
    end: count(waiting[place]),
  }));
  const arrivals = rowLink({ href: '#/batches', icon: icon('list'), title: t('batches.title'), text: t('batches.more') });
  const body = [h('p', { class: 'soft lead' }, t('desk.queues.lead')), list(rows), section('', list([arrivals]))];
  return { title: t('desk.tab.queues'), tab: 'queues', body };
}

/** @param {{data: any[], has_more: boolean}} found */
const count = (found) => pill(`${found.data.length}${found.has_more ? '+' : ''}`, found.data.length ? 'pill-notice waiting' : 'waiting');
