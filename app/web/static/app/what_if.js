/** What if: facts more, a record settled otherwise, a later day. It is worked out on the spot and kept nowhere. */

import { serverNow } from '../lib/clock.js';
import { h, refill } from '../lib/dom.js';
import { day, pointsText, signedPoints } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { field, form, section, tell } from '../lib/ui.js';
import { moveList } from './moves.js';

const EXPLANATION = '/citizen/v1/score/explanation';
const POINT = 10000;
const CENTIPOINT_UNITS = 100;
const MOST = 10;
const OPEN = ['disputed', 'withdrawn', 'repaired'];
const DISPUTED = ['upheld', 'corrected', 'withdrawn'];
const FARTHEST_YEARS = 5;

/** @param {import('./main.js').App} app */
export function whatIfViews(app) {
  return { whatif: (/** @type {string | undefined} */ id) => whatIf(app, id) };
}

/** @param {import('./main.js').App} app @param {string} [recordId] the record that is asked about */
async function whatIf(app, recordId) {
  const explained = await app.api.get(EXPLANATION);
  const wish = inputs(explained, recordId);
  const place = h('div', { 'aria-live': 'polite' });
  const ask = form(async () => {
    const answer = await app.api.post('/citizen/v1/score/simulations', wish.read());
    refill(place, result(answer));
    tell(t('whatif.told', { n: answer.explanation.score }));
    place.scrollIntoView({ block: 'nearest' });
  }, t('whatif.go'), ...wish.fields);
  return {
    title: t('whatif.title'),
    tab: 'home',
    back: '#/score',
    body: [h('p', { class: 'soft lead' }, t('whatif.lead')), h('div', { class: 'card' }, ask), place],
  };
}

/** @param {any} explained @param {string} [recordId] */
function inputs(explained, recordId) {
  const mine = recordsOf(explained);
  const item = h('select', { class: 'input', name: 'item' }, h('option', { value: '' }, t('whatif.none')), itemGroups(explained));
  const count = h('select', { class: 'input', name: 'count' }, Array.from({ length: MOST }, (_, index) => h('option', { value: index + 1 }, index + 1)));
  const record = h('select', { class: 'input', name: 'record' }, h('option', { value: '' }, t('whatif.none')), mine.map((row) => h('option', { value: row.record_id }, `${row.item.name} · ${day(row.event_on)}`)));
  const outcome = h('select', { class: 'input', name: 'outcome' });
  const on = h('input', { class: 'input', type: 'date', name: 'on', min: isoDay(0), max: isoDay(FARTHEST_YEARS) });
  const ends = field(t('whatif.outcome'), outcome);
  const choose = () => {
    const disputed = mine.find((row) => row.record_id === record.value)?.because?.code === 'disputed';
    outcome.replaceChildren(...(disputed ? DISPUTED : OPEN).map((code) => h('option', { value: code }, t(`whatif.outcome.${code}`))));
    ends.hidden = !record.value;
  };
  if (mine.some((row) => row.record_id === recordId)) record.value = recordId;
  record.addEventListener('change', choose);
  choose();
  return {
    fields: [h('div', { class: 'field-pair' }, field(t('whatif.add'), item), field(t('whatif.count'), count)), mine.length > 0 && field(t('whatif.record'), record), ends, field(t('whatif.on'), on, explained.next_change_on && t('whatif.next', { day: day(explained.next_change_on) }))],
    read: () => ({
      add: item.value ? [{ item: item.value, count: Number(count.value) }] : [],
      settle: record.value ? [{ record_id: record.value, outcome: outcome.value }] : [],
      ...(on.value ? { on: on.value } : {}),
    }),
  };
}

/** Records that count, and those that are disputed. @param {any} explained @returns {any[]} */
function recordsOf({ dimensions, left_out: leftOut }) {
  const counting = dimensions.flatMap((/** @type {any} */ part) => part.indicators.flatMap((/** @type {any} */ inner) => inner.contributions));
  return [...counting, ...leftOut.filter((/** @type {any} */ row) => row.because.code === 'disputed')];
}

/** Facts that add points, by the part in which they count. @param {any} explained */
function itemGroups({ dimensions }) {
  const indicators = dimensions.flatMap((/** @type {any} */ part) => part.indicators);
  return indicators.flatMap((/** @type {any} */ indicator) => {
    const good = indicator.items.filter((/** @type {any} */ item) => item.kind === 'positive');
    return good.length ? [h('optgroup', { label: indicator.name }, good.map((/** @type {any} */ item) => h('option', { value: item.code }, `${item.name} ${signedPoints(item.centipoints * CENTIPOINT_UNITS)}`)))] : [];
  });
}

/** Today so many years on, as a date field writes it, by China's calendar. @param {number} years */
function isoDay(years) {
  const [year, month, date] = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit' }).format(serverNow()).split('-');
  return `${Number(year) + years}-${month}-${month === '02' && date === '29' ? '28' : date}`;
}

/** @param {any} answer */
function result(answer) {
  const change = answer.difference ? signedPoints(answer.difference * POINT) : t('whatif.same');
  return section(
    t('whatif.result'),
    h(
      'div',
      { class: 'card' },
      h('p', { class: 'row-between' }, h('span', { class: 'points-small' }, pointsText(answer.explanation.score * POINT)), h('span', { class: 'soft' }, t('whatif.from', { n: answer.score_today, change }))),
      h('p', { class: 'small soft' }, day(answer.explanation.as_of)),
    ),
    answer.moved.length ? h('div', { class: 'card card-flush result-moves' }, moveList(answer.moved)) : null,
    h('p', { class: 'small soft section-note' }, t('whatif.kept')),
  );
}
