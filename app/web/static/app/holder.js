/** The holder: the cards that I hold, looked through, each with my own note on it. */

import { h, refill } from '../lib/dom.js';
import { day, when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { more } from '../lib/more.js';
import { button, busy, buttonLink, card, empty, facts, field, form, list, rowLink, section, tell } from '../lib/ui.js';
import { face } from './face.js';
import { gift, gifts } from './gifts.js';

const CARDS = '/citizen/v1/name-cards';
const PAGE = `${CARDS}?limit=20`;
const KINDS = ['source:exchange', 'source:shake', 'field:city', 'field:grade', 'field:volunteer_stars', 'field:blood_donor', 'field:honours', 'field:legal_role'];

/** @param {import('./main.js').App} app */
export function holderViews(app) {
  return {
    cards: (/** @type {string} */ which) => holder(app, which),
    held: (/** @type {string} */ id) => heldCard(app, id),
    gift: (/** @type {string} */ id) => gift(app, id),
  };
}

/** @param {import('./main.js').App} app @param {string} [which] */
async function holder(app, which = 'held') {
  const segment = (/** @type {string} */ name) => h('button', { type: 'button', 'aria-pressed': String(name === which), onclick: () => app.stage.go(`#/cards/${name}`) }, t(`cards.${name}`));
  return {
    title: t('card.cards'),
    tab: 'me',
    back: '#/card',
    body: [
      h('div', { class: 'segments lead', role: 'group', 'aria-label': t('card.cards') }, segment('held'), segment('given')),
      ...(which === 'given' ? await gifts(app) : await cards(app)),
    ],
  };
}

/** @param {import('./main.js').App} app */
async function cards(app) {
  const page = await app.api.get(PAGE);
  if (!page.data.length) return [empty('card', t('cards.none'), buttonLink(t('card.exchange'), '#/exchange', 'button-quiet'))];
  const place = h('div', { role: 'status', class: 'section-tight' });
  const all = () => refill(place, list(page.data.map(row)), more(app, PAGE, page, row));
  all();
  return [lookUp(app, place, all), place];
}

/** Only among the cards that I hold. @param {import('./main.js').App} app @param {HTMLElement} place @param {() => void} all */
function lookUp(app, place, all) {
  const text = h('input', { class: 'input', type: 'search', maxlength: 40, autocomplete: 'off' });
  const kind = h('select', { class: 'input' }, h('option', { value: '' }, t('cards.all')), KINDS.map((name) => h('option', { value: name }, t(`cards.${name}`))));
  const find = async () => {
    const [by, value] = kind.value.split(':');
    const asked = { ...(text.value.trim() ? { text: text.value.trim() } : {}), ...(value ? { [by]: value } : {}) };
    if (!Object.keys(asked).length) return all();
    const { data } = await app.api.post('/citizen/v1/name-card-matches', asked);
    refill(place, data.length ? list(data.map(row)) : empty('card', t('cards.noMatch')));
  };
  const ask = h('form', { role: 'search', class: 'stack-small' }, field(t('cards.text'), text), field(t('cards.filter'), kind));
  const problem = h('div', { class: 'problem-place' });
  const run = () => busy(problem, find, problem);
  ask.addEventListener('submit', (/** @type {Event} */ event) => { event.preventDefault(); run(); });
  for (const input of [text, kind]) input.addEventListener('change', run);
  return h('div', null, ask, problem);
}

/** @param {any} held */
function row(held) {
  const shown = held.card;
  return rowLink({
    href: `#/held/${held.id}`,
    icon: shown?.avatar ? h('img', { class: 'avatar-small', src: shown.avatar, alt: '' }) : icon('person'),
    title: shown ? shown.display_name : t('held.dead'),
    text: [shown?.role?.name, held.note, t('cards.since', { when: when(held.received_at) })].filter(Boolean).join(' · '),
  });
}

/** One card that I hold. @param {import('./main.js').App} app @param {string} id */
async function heldCard(app, id) {
  const held = await app.api.get(`${CARDS}/${id}`);
  const back = button(t(`remove.${held.source}`), async () => {
    await app.api.delete(`${CARDS}/${id}`);
    tell(t('remove.done'));
    app.stage.go('#/cards');
  }, { kind: 'button-quiet' });
  return {
    title: t('held.title'),
    tab: 'me',
    back: '#/cards',
    body: [
      held.card ? h('div', null, face(held.card), about(held), note(app, held)) : h('div', { class: 'card empty' }, icon('card'), h('p', { class: 'strong' }, t('held.dead')), h('p', { class: 'soft small' }, t('held.dead.more'))),
      section(null, h('div', { class: 'stack-small' }, back, h('p', { class: 'small soft' }, t(`remove.${held.source}.more`)))),
    ],
  };
}

/** @param {any} held */
const about = (held) => section(null, card(facts([
  [t('held.received'), when(held.received_at)],
  [t('held.by'), t(`cards.source:${held.source}`)],
  [t('held.renewed'), held.updated_at && when(held.updated_at)],
  [t('held.ends'), day(held.expires_at)],
])));

/** @param {import('./main.js').App} app @param {any} held */
function note(app, held) {
  const text = h('textarea', { class: 'input', rows: 2, maxlength: 200 }, held.note ?? '');
  const save = form(async () => {
    const said = text.value.trim();
    await app.api.put(`${CARDS}/${held.id}/note`, said ? { note: said } : {});
    tell(t('note.saved'));
    refill(place, h('p', { class: 'notice notice-calm' }, t('note.saved')));
  }, t('note.save'), field(t('note.label'), text, t('note.hint')));
  const place = h('div', { class: 'section-tight' });
  return section(null, card(save), place);
}
