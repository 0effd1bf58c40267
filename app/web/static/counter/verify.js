/** A card is checked here, on this device: with the keys fetched when there last was a network, and without asking anyone. */

import { scanButton } from '../lib/camera.js';
import { serverNow } from '../lib/clock.js';
import { h, refill } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { ask } from '../lib/http.js';
import { language, t } from '../lib/i18n.js';
import { CardInvalid, PREFIX, verified } from '../lib/offline_card.js';
import { buttonLink, card, facts, field, form, section } from '../lib/ui.js';
import { keep, kept } from '../lib/vault.js';

const KEPT = 'counter.published';
const DAY = 86400000;
/** A new key is published seven days before it signs, so keys of a week lack none. */
const OLD_DAYS = 7;
const CODE = /^[0-9A-Z]{16}$/;

/** @typedef {{keys: any[], words: Record<string, {zh: string, en: string}>, at: number}} Published what was fetched, and when */

/** @param {import('./main.js').Counter} counter */
export function verifyViews(counter) {
  return { verify: () => verify(counter) };
}

/** @param {import('./main.js').Counter} counter @returns {Promise<import('../lib/stage.js').Page>} */
async function verify(counter) {
  const paired = Boolean(await counter.device.paired());
  const state = h('p', { class: 'small soft', role: 'status' });
  const text = h('input', { class: 'input', name: 'card', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', maxlength: 500, value: counter.scanned ?? '' });
  const place = h('div', { class: 'section', role: 'status' });
  const send = form(async () => refill(place, await told(text.value)), t('verify.now'), field(t('verify.card'), text, t('verify.card.hint')));
  const scan = scanButton(paired ? counter.api : null, '/partner/v1/code-pictures', (found) => { text.value = found; send.requestSubmit(); });
  await fetched(counter.device.issuer, state);
  addEventListener('online', () => fetched(counter.device.issuer, state), { signal: counter.stage.signal });
  if (counter.scanned) refill(place, await told(counter.scanned));
  counter.scanned = '';
  return {
    title: t('verify.title'),
    tab: 'verify',
    bare: !paired,
    body: [h('p', { class: 'soft lead' }, t('verify.lead')), card(scan, send), place, section(null, state), section(null, paired ? null : buttonLink(t('pair.title'), '#/pair', 'button-quiet'))],
  };
}

/** Say which keys are here, at once; then those of this moment, if there is a network. Only where there are none, wait. @param {string} issuer @param {HTMLElement} state */
async function fetched(issuer, state) {
  const known = await kept(KEPT);
  sayAge(state, known);
  const asked = publishedNow(issuer).then((published) => sayAge(state, published), () => undefined);
  if (!known) await asked;
}

/** The keys and words of this moment, which are then kept. @param {string} issuer @returns {Promise<Published>} */
async function publishedNow(issuer) {
  const [jwks, words] = await Promise.all(['/oauth/jwks', '/partner/v1/card-words'].map(async (path) => {
    const answer = await ask(issuer + path, {});
    if (!answer.ok) throw new Error(`${path} ${answer.status}`);
    return answer.json();
  }));
  const published = { keys: jwks.keys, words: words.words, at: serverNow() };
  await keep(KEPT, published);
  return published;
}

/** @param {HTMLElement} state @param {Published | undefined} published */
function sayAge(state, published) {
  const days = published ? Math.floor((serverNow() - published.at) / DAY) : 0;
  const age = days > OLD_DAYS ? t('verify.keys.old', { n: days }) : '';
  refill(state, published ? t('verify.keys', { when: when(published.at) }) : t('verify.keys.none'), age);
  state.dataset.keys = published ? String(published.at) : '';
}

/** What a card says, or why it does not hold and nothing else. @param {string} typed */
async function told(typed) {
  const text = typed.trim();
  const published = await kept(KEPT);
  if (CODE.test(text.replaceAll(' ', '').toUpperCase()) && !text.startsWith(PREFIX)) return dead('code');
  if (!published) return dead('no_keys');
  // The clock of a device can be wrong, but it is not earlier than the moment at which its keys were fetched.
  const now = Math.max(serverNow(), published.at);
  try {
    return living(await verified(text, published, now / 1000), published.words);
  } catch (problem) {
    if (problem instanceof CardInvalid) return dead(problem.reason, now);
    throw problem;
  }
}

/** @param {string} reason @param {number} [now] */
function dead(reason, now) {
  const timely = ['expired', 'not_yet_valid'].includes(reason) && now;
  return h(
    'section',
    { class: 'result', 'data-reason': reason },
    h('h2', null, t(`verify.${reason}`)),
    h('p', null, t(`verify.${reason}.more`)),
    timely && h('p', { class: 'small soft reason' }, t('verify.clock', { when: when(now) })),
  );
}

/** @param {{purpose: string, face: any, issuedAt: number, expiresAt: number}} read @param {Published['words']} words */
function living({ purpose, face, issuedAt, expiresAt }, words) {
  const say = (/** @type {string} */ code) => words[code]?.[language()] ?? code.split('.').at(-1);
  return h(
    'section',
    { class: 'stack', 'data-reason': 'holds' },
    h('div', { class: 'result result-credit' }, h('h2', null, face.display_name ?? face.name), h('p', { class: 'soft' }, t('verify.holds'))),
    card(facts([
      [t('verify.name_kind'), face.name_kind && t(`verify.name.${face.name_kind}`)],
      ...(purpose === 'entity' ? ofEntity(face, say) : ofPerson(face, say)),
      [t('verify.purpose'), t(`verify.purpose.${purpose}`)],
      [t('verify.issued'), when(issuedAt * 1000)],
      [t('verify.expires'), when(expiresAt * 1000)],
    ])),
  );
}

/** @param {any} face @param {(code: string) => string} say @returns {Array<[string, import('../lib/dom.js').Child]>} */
const ofPerson = (face, say) => [
  [t('field.verified'), face.assurance_level && t(`verify.assurance.${face.assurance_level}`)],
  [t('field.city'), face.city && say(`city.${face.city}`)],
  [t('field.grade'), face.grade && `${say(`pack.${face.grade.pack}`)} · ${say(`grade.${face.grade.pack}.${face.grade.code}`)}`],
  [t('field.score'), face.score],
  [t('field.volunteer_stars'), face.volunteer_stars && t('face.stars', { n: face.volunteer_stars })],
  [t('field.blood_donor'), face.blood_donor && t('verify.yes')],
  [t('field.honours'), face.honours?.map((/** @type {string} */ code) => say(`honour.${code}`)).join(t('comma'))],
  [face.role && say(`role.${face.role.role}`), face.role && `${face.role.name} ${face.role.uscc}`],
];

/** @param {any} face @param {(code: string) => string} say @returns {Array<[string, import('../lib/dom.js').Child]>} */
const ofEntity = (face, say) => [
  [t('verify.uscc'), face.uscc],
  [t('verify.kind'), face.kind && say(`kind.${face.kind}`)],
  [t('field.city'), face.city && say(`city.${face.city}`)],
  [t('verify.established'), face.established_on],
  [t('verify.shownBy'), face.role && say(`role.${face.role}`)],
];
