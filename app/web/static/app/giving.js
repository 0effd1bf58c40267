/** What I give this time: from a preset or tick by tick, and exactly what the other side will see of it. */

import { h, refill } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { busy, field } from '../lib/ui.js';
import { face } from './face.js';
import { tickGroups } from './ticks.js';

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
  const boxes = tickGroups(own);
  const each = h('div', null, boxes.groups);
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
  each.addEventListener('change', () => { preset.value = ''; again(); });
  term.addEventListener('change', changed);
  boxes.write(starts[0][1]);
  await busy(place, look, place);
  const details = h('details', { class: 'card card-details' }, h('summary', null, t('giving.each')), each);
  const element = h('div', { class: 'stack giving' }, field(t('giving.what'), preset), seen, place, details, field(t('term.label'), term));
  return { element, body: () => ({ show: boxes.read(), ...(term.value ? { term: term.value } : {}) }), preview: () => shown };
}
