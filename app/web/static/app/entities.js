/** The legal entities for which someone speaks: their public facts, and the card of each. */

import { h, refill } from '../lib/dom.js';
import { day, when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { busy, button, buttonLink, card, empty, facts, list, rowLink, section } from '../lib/ui.js';
import { codePicture } from './offline.js';
import { ripples } from './ripples.js';

const FIELDS = ['uscc', 'kind', 'city', 'established_on', 'honours', 'permits', 'role'];
const PATH = '/citizen/v1/entities';

/** @param {import('./main.js').App} app */
export function entityViews(app) {
  return { entities: () => all(app), entity: (/** @type {string} */ id) => one(app, id) };
}

/** @param {import('./main.js').App} app */
async function all(app) {
  const { data } = await app.api.get(`${PATH}?limit=100`);
  const row = (/** @type {any} */ found) => rowLink({ href: `#/entity/${found.id}`, icon: icon('bag'), title: found.name, text: `${found.role.name} · ${found.status.name}` });
  return {
    title: t('card.entities'),
    tab: 'me',
    back: '#/card',
    body: data.length ? [h('p', { class: 'small soft lead' }, t('entities.lead')), list(data.map(row))] : [empty('bag', t('entities.none'))],
  };
}

/** @param {import('./main.js').App} app @param {string} id */
async function one(app, id) {
  const path = `${PATH}/${encodeURIComponent(id)}`;
  const found = await app.api.get(path);
  const shown = found.status.code === 'active' ? await app.api.get(`${path}/card`) : null;
  return {
    title: found.name,
    tab: 'me',
    back: '#/entities',
    body: [
      ...(shown ? cardOf(app, path, shown) : [h('p', { class: 'notice' }, t('entity.card.none'))]),
      section(t('entity.facts'), card(factsOf(found))),
      section(t('entity.records'), found.records.length ? list(found.records.map(record)) : card(h('p', { class: 'soft' }, t('entity.records.none')))),
      section(null, buttonLink(t('entity.report'), `#/report/${found.id}`, 'button-quiet')),
      h('p', { class: 'section small soft' }, t('entities.about')),
    ],
  };
}

/** @param {any} found */
function factsOf(found) {
  return facts([
    [t('entity.uscc'), found.uscc],
    [t('entity.kind'), found.kind.name],
    [t('entity.status'), found.status.name],
    [t('entity.city'), found.city.name],
    [t('entity.established_on'), day(found.established_on)],
    [t('entity.role'), found.role.name],
    [t('entity.source'), found.source.name],
    [t('entity.as_of'), when(found.as_of)],
  ]);
}

/** @param {any} found */
function record(found) {
  const term = found.expires_on ? t('entity.until', { when: day(found.expires_on) }) : t('entity.standing');
  const kind = found.class ? `${found.kind.name} · ${found.class.name}` : found.kind.name;
  const lines = [`${found.issuer} · ${found.document_no}`, `${t('entity.decided', { when: day(found.decided_on) })} · ${term}`];
  return h(
    'div',
    { class: 'item' },
    h('span', { class: 'item-body' }, h('span', { class: 'small soft' }, kind), h('span', { class: 'strong' }, found.title), lines.map((line) => h('span', { class: 'small soft' }, line))),
  );
}

/** Ticks take effect at once. @param {import('./main.js').App} app @param {string} path @param {any} own */
function cardOf(app, path, own) {
  const place = h('div', { class: 'problem-place' });
  const preview = h('div', { 'aria-live': 'polite' }, entityFace(own.preview));
  const code = h('div', { role: 'status' });
  const ticks = h('ul', { class: 'card card-flush list', role: 'list' }, FIELDS.map((name) => h('li', null, tick(name, own.show.fields.includes(name)))));
  const save = async () => {
    const fields = FIELDS.filter((name) => ticks.querySelector(`[name=${name}]`).checked);
    const answer = await app.api.put(`${path}/card`, { show: { fields } });
    refill(preview, entityFace(answer.preview));
    refill(code);
  };
  ticks.addEventListener('change', () => busy(place, save, place));
  return [
    h('p', { class: 'small soft lead' }, t('entity.card.lead')),
    preview,
    section(t('entity.ticks'), ticks, place),
    section(t('entity.offline'), h('p', { class: 'small soft lead' }, t('entity.offline.lead')), button(t('entity.offline.make'), () => offline(app, path, code)), code),
  ];
}

/** @param {import('./main.js').App} app @param {string} path @param {HTMLElement} code */
async function offline(app, path, code) {
  const made = await app.api.post(`${path}/card/offline`, { minutes: 60 });
  refill(
    code,
    h('div', { class: 'section' }, entityFace(made.preview)),
    codePicture(made, t('entity.offline.alt'), app.stage.signal),
  );
  code.scrollIntoView({ block: 'start' });
}

/** An entity's card, exactly as the server says that the other side sees it. @param {any} shown */
function entityFace(shown) {
  const marks = [shown.kind?.name, shown.city?.name, shown.established_on && day(shown.established_on), ...(shown.honours ?? []), ...(shown.permits ?? [])].filter(Boolean);
  return h(
    'article',
    { class: 'name-card' },
    ripples(),
    h('span', { class: 'mark', 'aria-hidden': 'true' }, t('product')),
    h('p', { class: 'soft small' }, t('entity.face')),
    h('p', { class: 'name' }, shown.name),
    shown.uscc && h('p', { class: 'soft small' }, t('face.uscc', { uscc: shown.uscc })),
    shown.role && h('p', { class: 'soft small' }, t('entity.shown', { role: shown.role.name })),
    marks.length ? h('ul', { role: 'list' }, marks.map((mark) => h('li', null, mark))) : null,
  );
}

/** @param {string} name @param {boolean} on */
const tick = (name, on) => h('label', { class: 'choice' }, h('input', { type: 'checkbox', name, value: '1', checked: on }), h('span', null, t(`entity_field.${name}`)));
