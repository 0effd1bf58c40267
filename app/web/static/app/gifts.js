/** The cards that I gave: to whom, what they see, and renewing, withdrawing or taking them back. */

import { h } from '../lib/dom.js';
import { day, when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { more } from '../lib/more.js';
import { button, card, empty, facts, list, pill, rowLink, section, tell } from '../lib/ui.js';
import { face } from './face.js';
import { giving } from './giving.js';

const GIVEN = '/citizen/v1/name-card/given';
const PAGE = `${GIVEN}?limit=20`;

/** The body of the page that lists them. @param {import('./main.js').App} app */
export async function gifts(app) {
  const page = await app.api.get(PAGE);
  const place = page.data.length ? list(page.data.map(row)) : empty('card', t('given.none'));
  return [h('p', { class: 'small soft lead' }, t('given.lead')), place, more(app, PAGE, page, row)];
}

/** @param {any} given */
const row = (given) => rowLink({
  href: `#/gift/${given.id}`,
  icon: icon('person'),
  title: given.known_as || t('given.nobody'),
  text: t('given.since', { when: when(given.given_at), day: day(given.expires_at) }),
  end: given.status === 'withdrawn' && pill(t('given.withdrawn')),
});

/** One card that I gave. @param {import('./main.js').App} app @param {string} id */
export async function gift(app, id) {
  const given = await app.api.get(`${GIVEN}/${id}`);
  const done = async (/** @type {string} */ said) => { tell(t(said)); await app.stage.again(); };
  const withdraw = button(t('given.withdraw'), async () => {
    await app.api.post(`${GIVEN}/${id}/withdraw`, {});
    await done('given.withdrawn');
  }, { kind: 'button-quiet' });
  const back = button(t(`remove.${given.source}`), async () => {
    await app.api.delete(`${GIVEN}/${id}`);
    tell(t('remove.done'));
    app.stage.go('#/cards/given');
  }, { kind: 'button-quiet' });
  return {
    title: t('given.to', { name: given.known_as || t('given.nobody') }),
    tab: 'me',
    back: '#/cards/given',
    body: [
      given.card ? h('div', { class: 'stack-small' }, h('p', { class: 'small soft' }, t('given.seen')), face(given.card)) : h('p', { class: 'notice' }, t('given.dead')),
      about(given),
      given.card && section(t('given.renew'), await renewal(app, given, done)),
      section(null, h('div', { class: 'stack-small' }, h('div', { class: 'buttons' }, given.card && withdraw, back), h('p', { class: 'small soft' }, t(given.card ? `given.about.${given.source}` : `remove.${given.source}.more`)))),
    ],
  };
}

/** @param {any} given */
const about = (given) => section(null, card(facts([
  [t('given.given'), when(given.given_at)],
  [t('held.by'), t(`cards.source:${given.source}`)],
  [t('held.renewed'), given.updated_at && when(given.updated_at)],
  [t('held.ends'), day(given.expires_at)],
])));

/** @param {import('./main.js').App} app @param {any} given @param {(said: string) => Promise<void>} done */
async function renewal(app, given, done) {
  const mine = await giving(app, { before: given.show });
  const renew = button(t('given.renew.now'), async () => {
    await app.api.put(`${GIVEN}/${given.id}`, mine.body());
    await done('given.renewed');
  });
  return h('div', { class: 'stack' }, mine.element, renew);
}
