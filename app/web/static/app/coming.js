/** New score rules from the day they are announced: the notice, from when, and what changes. */

import { h } from '../lib/dom.js';
import { day } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, empty, facts, section } from '../lib/ui.js';

const PATH = '/citizen/v1/score/coming-rules';

/** @param {import('./main.js').App} app */
export function comingViews(app) {
  return { coming: () => coming(app) };
}

/** A line on the score's page while rules are announced; nothing else. @param {import('./main.js').App} app */
export async function comingNotice(app) {
  const { data } = await app.api.get(PATH).catch(() => ({ data: [] }));
  return data[0] && h('p', { class: 'notice notice-calm small lead' }, `${t('coming.line', { day: day(data[0].effective_on) })} `, h('a', { href: '#/coming' }, t('coming.open')));
}

/** @param {import('./main.js').App} app */
async function coming(app) {
  const { data } = await app.api.get(PATH);
  return { title: t('coming.title'), tab: 'home', back: '#/score', body: data.length ? data.map(rules) : [empty('check', t('coming.none'))] };
}

/** @param {any} found */
const rules = (found) => section(
  t('coming.version', { name: found.name, version: found.version }),
  h('p', { class: 'notice notice-calm lead' }, t('coming.line', { day: day(found.effective_on) })),
  card(h('p', null, found.notice)),
  found.illustrative && h('p', { class: 'small soft section-tight' }, t('score.illustrative')),
  section(t('coming.changes'), found.changes.length ? card(facts(found.changes.map(changed))) : h('p', { class: 'small soft' }, t('coming.nothing'))),
  h('p', { class: 'small soft section-tight' }, t('coming.past')),
);

/** @param {any} change @returns {[string, string]} */
const changed = ({ what, name, before, after }) => [
  t(`coming.what.${what}`, { name }),
  what === 'age' ? t('coming.age') : `${points(before)} → ${points(after)}`,
];

/** @param {number | undefined} hundredths */
const points = (hundredths) => (hundredths === undefined ? t('coming.absent') : String(hundredths / 100));
