/** The wallet: my card as credentials that this device holds the key to, and shows without asking anyone. */

import { h, refill } from '../lib/dom.js';
import { saveFile } from '../lib/download.js';
import { day } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { newPair } from '../lib/jose.js';
import { keyProof } from '../lib/sd_jwt.js';
import { button, card, empty, field, form, list, pill, rowLink, section, tell } from '../lib/ui.js';
import { keep, kept } from '../lib/vault.js';
import { face } from './face.js';
import { presentation } from './wallet_show.js';

const PATH = '/citizen/v1/name-card/credentials';
const TERMS = [7, 30, 90];

/** @param {import('./main.js').App} app */
export function walletViews(app) {
  return { wallet: (/** @type {string | undefined} */ id) => (id ? one(app, id) : all(app)) };
}

/** The last whole day: a credential ends at a midnight. @param {string} until */
const lastDay = (until) => day(Date.parse(until) - 1);

/** What this device holds, by id. @param {import('./main.js').App} app @returns {Promise<Record<string, any>>} */
const holds = async (app) => (await kept(app.session.wallet)) ?? {};

/** @param {import('./main.js').App} app */
async function all(app) {
  const [own, page, mine] = await Promise.all([app.api.get('/citizen/v1/name-card'), app.api.get(`${PATH}?limit=100`), holds(app)]);
  const ids = page.data.map((/** @type {any} */ entry) => entry.id);
  await keep(app.session.wallet, Object.fromEntries(Object.entries(mine).filter(([id]) => ids.includes(id))));
  return {
    title: t('card.wallet'),
    tab: 'me',
    back: '#/card',
    body: [
      h('p', { class: 'soft lead' }, t('wallet.lead')),
      page.data.length ? list(page.data.map((/** @type {any} */ entry) => row(entry, mine[entry.id]))) : empty('card', t('wallet.none')),
      section(t('wallet.new'), taking(app, own)),
    ],
  };
}

/** @param {any} entry @param {any} here */
function row(entry, here) {
  const text = entry.revoked_at ? t('wallet.revoked') : t('wallet.until', { day: lastDay(entry.expires_at) });
  const end = !here && !entry.revoked_at && pill(t('wallet.elsewhere'));
  return rowLink({ href: `#/wallet/${entry.id}`, icon: icon('card'), title: t('wallet.of', { day: day(entry.issued_at) }), text, end });
}

/** A credential can be shown for weeks, so its holder says apart that they want it. @param {import('./main.js').App} app @param {any} own */
function taking(app, own) {
  const { report, avatar, ...carried } = own.preview;
  const days = h('select', { class: 'input' }, TERMS.map((term) => h('option', { value: term, selected: term === 30 }, t('wallet.days', { n: term }))));
  const agreed = h('input', { type: 'checkbox', name: 'agreed' });
  const ask = form(async () => {
    const made = await take(app, Number(days.value), own.show);
    app.stage.go(`#/wallet/${made.id}`);
  }, t('wallet.take'), field(t('wallet.term'), days), h('label', { class: 'choice choice-bare' }, agreed, h('span', null, t('wallet.agree'))));
  const send = ask.querySelector('[type=submit]');
  send.disabled = true;
  agreed.addEventListener('change', () => { send.disabled = !agreed.checked; });
  const warnings = own.warnings.map((/** @type {any} */ warning) => h('p', { class: 'notice small' }, warning.detail));
  return h('div', { class: 'stack' }, h('p', { class: 'small soft' }, t('wallet.carries')), face(carried), ...warnings, card(ask));
}

/** A key of its own for each credential, so that keys tie no two together. @param {import('./main.js').App} app @param {number} days @param {any} show */
async function take(app, days, show) {
  const pair = await newPair();
  const { nonce } = await app.api.post('/citizen/v1/name-card/credential-nonces', {});
  const fields = show.fields.filter((/** @type {string} */ name) => !['report', 'avatar'].includes(name));
  const made = await app.api.post(PATH, { days, show: { ...show, fields }, proof: await keyProof(pair, app.session.issuer, nonce) });
  const { id, credential, preview, expires_at: until } = made;
  await keep(app.session.wallet, { ...(await holds(app)), [id]: { credential, preview, pair, until } });
  tell(t('wallet.taken'));
  return made;
}

/** @param {import('./main.js').App} app @param {string} id */
async function one(app, id) {
  const [page, mine] = await Promise.all([app.api.get(`${PATH}?limit=100`), holds(app)]);
  const entry = page.data.find((/** @type {any} */ known) => known.id === id);
  const here = entry && !entry.revoked_at && mine[id];
  return {
    title: t('wallet.one'),
    tab: 'me',
    back: '#/wallet',
    body: [
      !entry && empty('card', t('wallet.over')),
      entry?.revoked_at && h('p', { class: 'notice lead' }, t('wallet.revoked.about')),
      entry && !entry.revoked_at && !here && h('p', { class: 'notice lead' }, t('wallet.elsewhere.about')),
      here && h('div', { class: 'stack' }, face(here.preview), h('p', { class: 'small soft' }, t('wallet.until', { day: lastDay(here.until) }))),
      here && presentation(app, here),
      entry && !entry.revoked_at && section(t('wallet.more'), ending(app, id, here)),
    ],
  };
}

/** @param {import('./main.js').App} app @param {string} id @param {any} here */
function ending(app, id, here) {
  const save = () => saveFile('name-card.sd-jwt', new Blob([here.credential], { type: 'application/dc+sd-jwt' }));
  const place = h('div', null);
  const revoke = button(t('wallet.revoke'), async () => {
    await app.api.delete(`${PATH}/${id}`);
    const { [id]: gone, ...rest } = await holds(app);
    await keep(app.session.wallet, rest);
    app.stage.go('#/wallet');
  });
  const sure = button(t('wallet.revoke'), () => refill(place, h('p', { class: 'small soft' }, t('wallet.revoke.sure')), revoke), { kind: 'button-plain' });
  return h('div', { class: 'stack' }, here && button(t('wallet.save'), save, { kind: 'button-quiet' }), here && h('p', { class: 'small soft' }, t('wallet.save.about')), sure, place);
}
