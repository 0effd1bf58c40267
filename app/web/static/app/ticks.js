/** What a card shows, tick by tick, in groups: one's own choices, with presets; and the same ticks for one time only. */

import { h, refill } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { busy, card, field, form, rowLink, section, tell } from '../lib/ui.js';
import { face } from './face.js';

const PATH = '/citizen/v1/name-card';
const NAMES = ['masked', 'full', 'nickname'];
/** @type {Array<[string, string[]]>} */
const GROUPS = [
  ['who', ['verified', 'city', 'legal_role', 'avatar']],
  ['credit', ['grade', 'score', 'report']],
  ['badges', ['volunteer_stars', 'blood_donor', 'honours']],
];
const HINTED = ['score', 'report', 'avatar'];

/** @param {import('./main.js').App} app */
export function tickViews(app) {
  return { ticks: () => mine(app) };
}

/**
 * @typedef {object} Ticks
 * @property {HTMLElement[]} groups
 * @property {() => any} read what is ticked, as the API's `show`
 * @property {(show: any) => void} write tick that
 */

/**
 * A tick for all that there is to show today; every honour is one of its own, and of several entities one is chosen.
 * @param {any} own the own card @param {{nickname?: boolean}} [options] whether a nickname may be ticked; as there is one
 * @returns {Ticks}
 */
export function tickGroups(own, { nickname = Boolean(own.nickname) } = {}) {
  const { fields, honours, roles } = own.available;
  const boxes = (/** @type {string} */ name) => {
    if (name === 'honours') return honours.map((/** @type {any} */ one) => box('checkbox', name, one.code, one.name));
    const inner = name === 'legal_role' && roles.length > 1 ? roles.map((/** @type {any} */ one) => box('radio', 'entity', one.entity, `${one.name} · ${one.role.name}`, { inner: true })) : [];
    return [box('checkbox', 'fields', name, t(`field.${name}`), { hint: HINTED.includes(name) ? t(`field.${name}.hint`) : '' }), ...inner];
  };
  const names = NAMES.filter((name) => name !== 'nickname' || nickname).map((name) => box('radio', 'name_kind', name, t(`name.${name}`)));
  const parts = GROUPS.map(([name, of]) => group(t(`ticks.${name}`), of.filter((one) => fields.includes(one)).flatMap(boxes)));
  const groups = [group(t('card.name'), names), ...parts].filter((part) => part !== null);
  const each = (/** @type {string} */ name) => groups.flatMap((part) => [...part.querySelectorAll(`[name=${name}]`)]);
  const checked = (/** @type {string} */ name) => each(name).filter((one) => one.checked).map((one) => one.value);
  const read = () => {
    const [some, ticked] = [checked('honours'), checked('fields')];
    const entity = checked('entity')[0] ?? roles[0]?.entity;
    return {
      name_kind: checked('name_kind')[0],
      fields: [...ticked, ...(some.length ? ['honours'] : [])],
      ...(some.length ? { honours: some } : {}),
      ...(ticked.includes('legal_role') && entity ? { entity } : {}),
    };
  };
  const write = (/** @type {any} */ show) => {
    const kind = each('name_kind').find((one) => one.value === show.name_kind) ?? each('name_kind')[0];
    kind.checked = true;
    // A role in an entity that is mine no longer is not a tick of another's.
    const stands = (/** @type {string} */ name) => name !== 'legal_role' || !show.entity || roles.some((/** @type {any} */ one) => one.entity === show.entity);
    for (const one of each('fields')) one.checked = show.fields.includes(one.value) && stands(one.value);
    for (const one of each('honours')) one.checked = show.fields.includes('honours') && (!show.honours || show.honours.includes(one.value));
    for (const one of each('entity')) one.checked = one.value === (show.entity ?? roles[0].entity);
  };
  return { groups, read, write };
}

/** @param {string} title @param {any[]} boxes */
const group = (title, boxes) => (boxes.length ? h('fieldset', { class: 'ticks section' }, h('legend', { class: 'group-title' }, title), h('ul', { class: 'card card-flush list', role: 'list' }, boxes.map((one) => h('li', null, one)))) : null);

/** @param {string} type @param {string} name @param {string} value @param {string} text @param {{hint?: string, inner?: boolean}} [more] */
const box = (type, name, value, text, { hint, inner } = {}) => h('label', { class: `choice${inner ? ' choice-inner' : ''}` }, h('input', { type, name, value }), h('span', null, text, hint && h('span', { class: 'hint block' }, hint)));

/** Ticks take effect at once, and the preview shows what the server would show. @param {import('./main.js').App} app */
async function mine(app) {
  const [own, presets] = await Promise.all([app.api.get(PATH), app.api.get(`${PATH}/presets`)]);
  const [seen, place] = [h('div', { 'aria-live': 'polite', class: 'stack-small lead' }), h('div', { class: 'problem-place' })];
  const nickname = h('input', { class: 'input', name: 'nickname', maxlength: 20, value: own.nickname ?? '', autocomplete: 'off' });
  const ticks = tickGroups(own, { nickname: true });
  const draw = (/** @type {any} */ answer) => {
    refill(seen, face(answer.preview), ...answer.warnings.map((/** @type {any} */ warning) => h('p', { class: 'notice small' }, warning.detail)));
    for (const chip of chips.querySelectorAll('button')) chip.setAttribute('aria-pressed', String(same(presets.data[Number(chip.value)].show, answer.show)));
  };
  let saved = Promise.resolve();
  const put = async () => draw(await app.api.put(PATH, { ...named(nickname.value), show: ticks.read() }));
  // One after the other, so that a tick made while another is being saved is not lost.
  const save = () => { saved = saved.then(() => busy(seen, put, place)); };
  const take = (/** @type {any} */ show) => { ticks.write(show); save(); };
  const chips = h('div', { class: 'chips', role: 'group', 'aria-label': t('ticks.presets') }, presets.data.map((/** @type {any} */ preset, /** @type {number} */ index) => h('button', { type: 'button', class: 'chip', value: index, title: preset.detail, onclick: () => take(preset.show) }, preset.name)));
  ticks.write(own.show);
  draw(own);
  for (const part of [...ticks.groups, nickname]) part.addEventListener('change', save);
  const [names, ...groups] = ticks.groups;
  return {
    title: t('card.ticks'),
    tab: 'me',
    back: '#/card',
    body: [
      seen, chips, place,
      names, section(null, card(field(t('card.nickname'), nickname, t('card.nickname.hint')))), groups, missing(own),
      section(t('ticks.own'), ownPresets(app, presets.data.filter((/** @type {any} */ one) => one.own), ticks)),
    ],
  };
}

/** @param {string} text */
const named = (text) => (text.trim() ? { nickname: text.trim() } : {});

/** Whether two shows tick the same; a preset leaves open which honours and which entity. @param {any} preset @param {any} show */
const same = (preset, show) => preset.name_kind === show.name_kind
  && String([...preset.fields].sort()) === String([...show.fields].sort())
  && (!preset.honours || String(preset.honours) === String(show.honours))
  && (!preset.entity || preset.entity === show.entity);

/** What is not there to be ticked, and the way to what one can bring oneself. @param {any} own */
function missing(own) {
  const absent = GROUPS.flatMap(([, of]) => of).filter((name) => !own.available.fields.includes(name));
  const rows = [rowLink({ href: '#/avatar', icon: icon('person'), title: t('card.avatar'), text: t('card.avatar.more') })];
  if (absent.includes('report')) rows.push(rowLink({ href: '#/reports', icon: icon('paper'), title: t('field.report'), text: t('ticks.report.more') }));
  const plain = absent.filter((name) => !['avatar', 'report'].includes(name)).map((name) => t(`field.${name}`));
  return section(null, h('ul', { class: 'card card-flush list', role: 'list' }, rows.map((row) => h('li', null, row))), plain.length ? h('p', { class: 'small soft section-tight' }, t('ticks.absent', { fields: plain.join(t('ticks.comma')) })) : null);
}

/** @param {import('./main.js').App} app @param {any[]} presets @param {Ticks} ticks */
function ownPresets(app, presets, ticks) {
  const name = h('input', { class: 'input', name: 'preset', maxlength: 20, autocomplete: 'off' });
  const keep = form(async () => {
    await app.api.post(`${PATH}/presets`, { name: name.value.trim(), show: ticks.read() });
    tell(t('ticks.kept'));
    await app.stage.again();
  }, t('ticks.keep'), field(t('ticks.name'), name, t('ticks.name.hint')));
  const gone = (/** @type {any} */ one) => async () => { await app.api.delete(`${PATH}/presets/${one.id}`); await app.stage.again(); };
  const rows = presets.map((one) => {
    const out = h('button', { type: 'button', class: 'button button-plain button-inline', 'aria-label': t('ticks.drop.of', { name: one.name }) }, t('ticks.drop'));
    out.addEventListener('click', () => busy(out, gone(one)));
    return h('li', { class: 'row-between wrap' }, h('span', null, one.name), out);
  });
  return card(rows.length ? h('ul', { class: 'stack-small', role: 'list' }, rows) : null, keep);
}
