/** The name card: what it shows, and what can be done with it. */

import { h } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { list, rowLink, section } from '../lib/ui.js';
import { face } from './face.js';

/** @param {import('./main.js').App} app */
export function cardViews(app) {
  return { card: () => mine(app) };
}

/** @param {import('./main.js').App} app */
async function mine(app) {
  const own = await app.api.get('/citizen/v1/name-card');
  const ways = [['ticks', 'check'], ['exchange', 'swap'], ['shake', 'phone'], ['cards', 'card'], ['offline', 'code'], ['wallet', 'key'], ['report', 'paper'], ['entities', 'bag']];
  return {
    title: t('card.title'),
    tab: 'me',
    back: '#/me',
    body: [
      h('p', { class: 'small soft lead' }, t('card.lead')),
      face(own.preview),
      ...own.warnings.map((/** @type {any} */ warning) => h('p', { class: 'notice small section-tight' }, warning.detail)),
      section(null, list(ways.map(([name, picture]) => rowLink({ href: `#/${name}`, icon: icon(picture), title: t(`card.${name}`), text: t(`card.${name}.more`) })))),
    ],
  };
}
