/** My credit report: read it here; make one with a code that others may check, for as long as I let them. */

import { h, refill } from '../lib/dom.js';
import { saveFile } from '../lib/download.js';
import { day, grouped, when } from '../lib/format.js';
import { language, t } from '../lib/i18n.js';
import { more } from '../lib/more.js';
import { problemOf } from '../lib/problem.js';
import { reportParts } from '../lib/report.js';
import { button, buttonLink, card, empty, field, form, list, section, tell } from '../lib/ui.js';

const PATH = '/citizen/v1/reports';
const PAGE = `${PATH}?limit=20`;

/** @param {import('./main.js').App} app */
export function reportViews(app) {
  return { report: (/** @type {string | undefined} */ entity) => own(app, entity), reports: (/** @type {string | undefined} */ entity) => links(app, entity) };
}

/** @param {import('./main.js').App} app @param {string} [entity] */
async function own(app, entity) {
  const report = await app.api.get(`${PATH}/latest${entity ? `?entity_id=${encodeURIComponent(entity)}` : ''}`);
  return {
    title: t(entity ? 'report.entity.title' : 'report.title'),
    tab: 'me',
    back: entity ? `#/entity/${entity}` : '#/me',
    body: [
      h('p', { class: 'small soft lead' }, t('report.lead')),
      h('div', { class: 'lead' }, buttonLink(t('report.make'), entity ? `#/reports/${entity}` : '#/reports')),
      ...reportParts(report),
    ],
  };
}

/** @param {import('./main.js').App} app @param {string} [entity] */
async function links(app, entity) {
  const [page, entities] = await Promise.all([app.api.get(PAGE), app.api.get('/citizen/v1/entities?limit=100')]);
  const live = page.data.filter((/** @type {any} */ one) => one.status === 'live');
  const over = page.data.filter((/** @type {any} */ one) => one.status !== 'live');
  const made = h('div', { role: 'status' });
  const none = page.data.length ? null : section(null, empty('paper', t('reports.none')));
  return {
    title: t('reports.title'),
    tab: 'me',
    back: entity ? `#/report/${entity}` : '#/report',
    body: [
      h('p', { class: 'small soft lead' }, t('reports.lead')),
      made,
      wish(app, made, entities.data, entity, () => none?.remove()),
      live.length > 0 && section(t('reports.live'), list(live.map((/** @type {any} */ one) => liveRow(app, one)))),
      over.length > 0 && section(t('reports.over'), list(over.map((/** @type {any} */ one) => overRow(app, one)))),
      none,
      more(app, PAGE, page, (one) => (one.status === 'live' ? liveRow(app, one) : overRow(app, one))),
    ],
  };
}

/** @param {import('./main.js').App} app @param {HTMLElement} made @param {any[]} entities @param {string | undefined} entity @param {() => void} done */
function wish(app, made, entities, entity, done) {
  const shows = h('div', { class: 'stack-small', role: 'radiogroup', 'aria-label': t('reports.shows') }, choice('seal', true), choice('report', false));
  const days = h('select', { class: 'input' }, [1, 7, 30].map((n) => h('option', { value: n, selected: n === 7 }, t(`reports.days.${n}`))));
  const lang = h('select', { class: 'input' }, ['zh', 'en'].map((name) => h('option', { value: name, selected: name === language() }, t(`reports.language.${name}`))));
  const whose = h('select', { class: 'input' }, h('option', { value: '' }, t('reports.mine')), entities.map((one) => h('option', { value: one.id, selected: one.id === entity }, one.name)));
  const ask = form(async () => {
    const body = { shows: shows.querySelector('input:checked').value, days: Number(days.value), language: lang.value, ...(whose.value ? { entity_id: whose.value } : {}) };
    const one = await app.api.post(PATH, body);
    refill(made, fresh(app, one));
    done();
    made.scrollIntoView({ block: 'start' });
    tell(t('reports.done'));
  }, t('reports.go'), entities.length > 0 && field(t('reports.whose'), whose), h('p', { class: 'strong' }, t('reports.shows')), shows, h('p', { class: 'small soft' }, t('reports.paper')), field(t('reports.days'), days), field(t('reports.language'), lang));
  return card(ask);
}

/** One way to let others look, with all that they would see. @param {string} name @param {boolean} chosen */
const choice = (name, chosen) => h('label', { class: 'choice choice-box' }, h('input', { type: 'radio', name: 'shows', value: name, checked: chosen }), h('span', null, h('span', { class: 'strong' }, t(`reports.shows.${name}`)), h('span', { class: 'hint block' }, t(`reports.shows.${name}.tell`))));

/** @param {import('./main.js').App} app @param {any} one */
function fresh(app, one) {
  return h(
    'section',
    { class: 'card code-card lead', 'data-code': one.code },
    h('h2', null, t('reports.done')),
    h('img', { class: 'code-picture', src: one.qr_svg, alt: t('reports.alt') }),
    h('span', { class: 'small soft' }, t('reports.code')),
    h('strong', { class: 'code-text' }, grouped(one.code)),
    h('p', { class: 'small soft' }, t('reports.until', { when: when(one.expires_at) })),
    h('div', { class: 'stack-small section-tight' }, paper(app, one, ''), button(t('reports.share'), () => share(one.check_url), { kind: 'button-quiet' })),
  );
}

/** @param {import('./main.js').App} app @param {any} one @param {string} kind */
const paper = (app, one, kind) => button(t('reports.pdf'), async () => {
  const answer = await app.api.send('GET', one.pdf, undefined, {});
  if (!answer.ok) throw await problemOf(answer);
  saveFile(`xinyi-report-${one.made_at.slice(0, 10)}.pdf`, await answer.blob());
}, { kind });

/** @param {string} url */
async function share(url) {
  if (navigator.share) return navigator.share({ url }).catch(() => {});
  await navigator.clipboard.writeText(url);
  return tell(t('reports.copied'));
}

/** @param {any} one */
const checked = (one) => (one.checks ? t('reports.checked', { n: one.checks, when: when(one.checked_at) }) : t('reports.never'));

/** @param {import('./main.js').App} app @param {any} one */
function liveRow(app, one) {
  const end = button(t('reports.end'), async () => {
    await app.api.delete(`${PATH}/${one.id}/link`);
    await app.stage.again();
    tell(t('reports.ended'));
  }, { kind: 'button-plain button-inline' });
  return row(one, [t('reports.until', { when: when(one.expires_at) }), checked(one)], paper(app, one, 'button-quiet button-inline'), end);
}

/** @param {import('./main.js').App} app @param {any} one */
function overRow(app, one) {
  const lines = [t(`reports.status.${one.status}`), checked(one), t('reports.kept', { day: day(one.kept_until) })];
  return row(one, lines, one.pdf && paper(app, one, 'button-quiet button-inline'));
}

/** @param {any} one @param {string[]} lines @param {...any} acts */
const row = (one, lines, ...acts) => h(
  'div',
  { class: 'item wrap', 'data-report': one.id },
  h('span', { class: 'item-body' }, h('span', { class: 'strong' }, `${t(`reports.shows.${one.shows}`)} · ${when(one.made_at)}`), one.code && h('span', { class: 'small' }, grouped(one.code)), lines.map((line) => h('span', { class: 'small soft' }, line))),
  h('span', { class: 'row wrap acts' }, ...acts),
);
