/** New score rules and new terms of services from the day they are announced: the notice, from when, what changes. */

import { benefitText } from '../lib/benefit.js';
import { h } from '../lib/dom.js';
import { day, yuan } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, empty, facts, section } from '../lib/ui.js';

const PATH = '/citizen/v1/score/coming-rules';
const SCENARIOS = '/citizen/v1/coming-scenarios';

/** @param {import('./main.js').App} app */
export function comingViews(app) {
  return { coming: () => coming(app) };
}

/** A line on the score's page while rules or services are announced; nothing else. @param {import('./main.js').App} app */
export async function comingNotice(app) {
  const [rule, scenario] = await Promise.all([PATH, SCENARIOS].map((path) => app.api.get(path).then(({ data }) => data[0]).catch(() => undefined)));
  if (!rule && !scenario) return undefined;
  const said = rule ? t('coming.line', { day: day(rule.effective_on) }) : t('coming.scenario.line', { day: day(scenario.effective_on) });
  return h('p', { class: 'notice notice-calm small lead' }, `${said} `, h('a', { href: '#/coming' }, t('coming.open')));
}

/** @param {import('./main.js').App} app */
async function coming(app) {
  const [news, offers] = await Promise.all([PATH, SCENARIOS].map((path) => app.api.get(path)));
  const body = [...news.data.map(rules), ...offers.data.map(scenario)];
  return { title: t('coming.title'), tab: 'home', back: '#/score', body: body.length ? body : [empty('check', t('coming.none'))] };
}

/** A scenario's new version. @param {any} found */
const scenario = (found) => section(
  t('coming.version', { name: found.offer.name, version: found.version }),
  h('p', { class: 'notice notice-calm lead' }, t('coming.scenario.line', { day: day(found.effective_on) })),
  card(h('p', null, found.notice)),
  found.offer.illustrative.length > 0 && h('p', { class: 'small soft section-tight' }, t('rule.illustrative.yes')),
  found.present
    ? section(t('coming.changes'), found.changed.length ? card(facts(found.changed.flatMap((/** @type {string} */ name) => said(name, found.present, found.offer)))) : h('p', { class: 'small soft' }, t('coming.nothing')))
    : card(h('p', null, t('coming.scenario.new', { benefit: benefitText(found.offer.benefit), points: found.offer.threshold }))),
  found.offer.valid_until && h('p', { class: 'small soft section-tight' }, t('coming.scenario.ends', { day: day(found.offer.valid_until) })),
  h('p', { class: 'small soft section-tight' }, t('coming.scenario.kept')),
);

/** What one field of an offer says before and after. @param {string} name @param {any} was @param {any} will @returns {Array<[string, any]>} */
function said(name, was, will) {
  const both = (/** @type {(offer: any) => any} */ tell) => `${tell(was) || t('coming.absent')} → ${tell(will) || t('coming.absent')}`;
  if (name === 'threshold') return [[t('rule.threshold'), both((offer) => t('rule.points', { n: offer.threshold }))]];
  if (name === 'benefit') return [[t('rule.benefit'), both((offer) => benefitText(offer.benefit))]];
  if (name === 'limits') return LIMITS.filter(([, tell]) => tell(was.limits) !== tell(will.limits)).map(([word, tell]) => [t(word), both((offer) => tell(offer.limits))]);
  return [[t(`offer.field.${name}`), TEXTS[name]?.(will) ?? t('coming.age')]];
}

/** @type {Array<[string, (limits: any) => any]>} */
const LIMITS = [
  ['rule.limit', (limits) => limits.amount && yuan(limits.amount)],
  ['rule.daily', (limits) => limits.daily],
  ['coming.scenario.days', (limits) => limits.service_days],
  ['coming.scenario.orders', (limits) => limits.open_orders],
];

/** @type {Record<string, (offer: any) => string | undefined>} */
const TEXTS = {
  name: (offer) => offer.name,
  service: (offer) => offer.service,
  ordinary_path: (offer) => offer.ordinary_path.text,
  conditions: (offer) => offer.conditions.map((/** @type {any} */ one) => one.text).join(t('comma')),
  legal_basis: (offer) => offer.legal_basis,
  valid_until: (offer) => offer.valid_until && day(offer.valid_until),
};

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
