/** What I give this time: from a preset or tick by tick, and exactly what the other side will see of it. */

import { h, refill } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { busy, field } from '../lib/ui.js';
import { face } from './face.js';

const NAMES = ['masked', 'full', 'nickname'];
const TERMS = ['year', 'month', 'day'];

/**
 * @typedef {object} Giving
 * @property {HTMLElement} element
 * @property {() => {show: any, term?: string}} body what is ticked now, and for how long it is given
 * @property {() => any} preview what the other side would see
 */

/**
 * @param {import('./main.js').App} app
 * @param {{before?: any, changed?: () => void}} [options] `before`: what was ticked for this receiver; changed: ticks were
 * @returns {Promise<Giving>}
 */
export async function giving(app, { before, changed = () => undefined } = {}) {
  const [own, presets] = await Promise.all([app.api.get('/citizen/v1/name-card'), app.api.get('/citizen/v1/name-card/presets')]);
  const seen = h('div', { 'aria-live': 'polite', class: 'stack-small' });
  const place = h('div', { class: 'problem-place' });
  const boxes = tickBoxes(own);
  const starts = [[before ? t('giving.before') : t('giving.own'), before ?? own.show], ...presets.data.map((/** @type {any} */ preset) => [preset.name, preset.show])];
  const preset = h('select', { class: 'input' }, starts.map(([name], index) => h('option', { value: index }, name)), h('option', { value: '', hidden: true }, t('giving.ticked')));
  const term = h('select', { class: 'input' }, before && h('option', { value: '' }, t('term.same')), TERMS.map((name) => h('option', { value: name }, t(`term.${name}`))));
  /** @type {any} */
  let shown = null;
  const look = async () => {
    const answer = await app.api.post('/citizen/v1/name-card/previews', { show: boxes.read() });
    shown = answer.preview;
    refill(seen, face(shown), ...answer.warnings.map((/** @type {any} */ warning) => h('p', { class: 'notice small' }, warning.detail)));
  };
  const again = () => { changed(); return busy(place, look, place); };
  preset.addEventListener('change', () => { boxes.write(starts[Number(preset.value)][1]); again(); });
  boxes.element.addEventListener('change', () => { preset.value = ''; again(); });
  term.addEventListener('change', changed);
  boxes.write(starts[0][1]);
  await busy(place, look, place);
  const details = h('details', { class: 'card card-details' }, h('summary', null, t('giving.each')), boxes.element);
  const element = h('div', { class: 'stack giving' }, field(t('giving.what'), preset), seen, place, details, field(t('term.label'), term));
  return { element, body: () => ({ show: boxes.read(), ...(term.value ? { term: term.value } : {}) }), preview: () => shown };
}

/** A tick for all that there is to show of me today. @param {any} own */
function tickBoxes(own) {
  const { fields, honours, roles } = own.available;
  const names = NAMES.filter((name) => name !== 'nickname' || own.nickname).map((name) => box('radio', 'name_kind', name, t(`name.${name}`)));
  const which = roles.length > 1 ? roles : [];
  const ticks = fields.flatMap((/** @type {string} */ name) => [
    box('checkbox', 'fields', name, t(`field.${name}`)),
    ...(name === 'honours' && honours.length > 1 ? honours.map((/** @type {any} */ one) => box('checkbox', 'honours', one.code, one.name, 'choice-inner')) : []),
    ...(name === 'legal_role' ? which.map((/** @type {any} */ one) => box('radio', 'entity', one.entity, `${one.name} · ${one.role.name}`, 'choice-inner')) : []),
  ]);
  const element = h('fieldset', { class: 'plain' }, h('legend', { class: 'visually-hidden' }, t('giving.each')), [...names, ...ticks]);
  const each = (/** @type {string} */ name) => [...element.querySelectorAll(`[name=${name}]`)];
  const checked = (/** @type {string} */ name) => each(name).filter((one) => one.checked).map((one) => one.value);
  const read = () => {
    const ticked = checked('fields');
    const some = checked('honours');
    const entity = which.length ? checked('entity')[0] : roles[0]?.entity;
    return {
      name_kind: checked('name_kind')[0],
      fields: ticked,
      ...(ticked.includes('honours') && honours.length > 1 ? { honours: some } : {}),
      ...(ticked.includes('legal_role') && entity ? { entity } : {}),
    };
  };
  const write = (/** @type {any} */ show) => {
    const wanted = [show.name_kind, names.length < NAMES.length ? 'masked' : 'nickname'];
    const kind = wanted.find((name) => each('name_kind').some((one) => one.value === name));
    for (const one of each('name_kind')) one.checked = one.value === kind;
    for (const one of each('fields')) one.checked = show.fields.includes(one.value);
    for (const one of each('honours')) one.checked = !show.honours || show.honours.includes(one.value);
    for (const one of each('entity')) one.checked = one.value === (show.entity ?? roles[0].entity);
  };
  return { element, read, write };
}

/** @param {string} type @param {string} name @param {string} value @param {string} text @param {string} [kind] */
const box = (type, name, value, text, kind = '') => h('label', { class: `choice ${kind}` }, h('input', { type, name, value }), h('span', null, text));
