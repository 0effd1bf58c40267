/** Showing a credential: what of it, to whom, and the text that holds for this once. It is made on this device alone. */

import { scanButton } from '../lib/camera.js';
import { h, refill } from '../lib/dom.js';
import { saveFile } from '../lib/download.js';
import { t } from '../lib/i18n.js';
import { Problem } from '../lib/problem.js';
import { disclosuresOf, present, requestIn } from '../lib/sd_jwt.js';
import { button, field, form, section, tell } from '../lib/ui.js';

/** @param {import('./main.js').App} app @param {any} held */
export function presentation(app, held) {
  const disclosures = disclosuresOf(held.credential);
  const ticks = disclosures.map((one) => h('input', { type: 'checkbox', name: one.name, checked: one.name === 'name' }));
  const rows = disclosures.map((one, number) => h('li', null, h('label', { class: 'choice' }, ticks[number], h('span', null, words(one, held.preview)))));
  const audience = input();
  const nonce = input();
  const place = h('div', { class: 'section' });
  const show = form(async () => {
    const chosen = disclosures.filter((_, number) => ticks[number].checked);
    if (!audience.value.trim() || !nonce.value.trim()) throw said('wallet.ask.missing');
    const text = await present(held.pair, held.credential, chosen, audience.value.trim(), nonce.value.trim());
    refill(place, result(text));
    place.scrollIntoView({ block: 'start' });
  }, t('wallet.show'), field(t('wallet.audience'), audience, t('wallet.audience.hint')), field(t('wallet.nonce'), nonce));
  const scan = scanButton(app.api, '/citizen/v1/code-pictures', (/** @type {string} */ text) => {
    const asked = requestIn(text);
    if (!asked) throw said('wallet.ask.unknown');
    audience.value = asked.audience;
    nonce.value = asked.nonce;
  });
  return h('div', null, section(t('wallet.which'), h('ul', { class: 'card card-flush list', role: 'list' }, rows)), section(t('wallet.to'), h('div', { class: 'card stack' }, scan, show)), place);
}

/** @param {string} key */
const said = (key) => new Problem({ code: 'wallet', detail: t(key) });

const input = () => h('input', { class: 'input', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', maxlength: 300 });

/** @param {import('../lib/sd_jwt.js').Disclosure} one @param {any} preview the face in words, as the server told it */
function words(one, preview) {
  /** @type {Record<string, () => string | undefined>} */
  const known = {
    name: () => preview.display_name,
    assurance_level: () => t('face.verified'),
    city: () => preview.city?.name,
    grade: () => preview.grade && `${preview.grade.pack_name} · ${preview.grade.name}`,
    score: () => t('face.score', { n: one.value }),
    volunteer_stars: () => t('face.stars', { n: one.value }),
    blood_donor: () => t('field.blood_donor'),
    role: () => preview.role && `${preview.role.name} · ${preview.role.role.name}`,
    honours: () => (preview.honours ?? []).find((/** @type {any} */ honour) => honour.code === one.value)?.name,
  };
  return known[one.name]?.() ?? one.name;
}

/** @param {string} text */
function result(text) {
  const shown = h('textarea', { class: 'input presentation', readonly: true, rows: 6, 'aria-label': t('wallet.result') }, text);
  const copy = button(t('wallet.copy'), async () => {
    await navigator.clipboard.writeText(text);
    tell(t('wallet.copied'));
  });
  const save = button(t('wallet.file'), () => saveFile('presentation.sd-jwt', new Blob([text], { type: 'application/dc+sd-jwt' })), { kind: 'button-quiet' });
  return h('div', { class: 'card stack', role: 'status' }, h('h2', null, t('wallet.result')), h('p', { class: 'small soft' }, t('wallet.result.about')), shown, copy, save);
}
