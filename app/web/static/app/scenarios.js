/** What is open to me, and the ordinary way, which is always there and may always be chosen. */

import { h } from '../lib/dom.js';
import { yuan } from '../lib/format.js';
import { benefitText } from '../lib/benefit.js';
import { t } from '../lib/i18n.js';
import { familyIcon, icon } from '../lib/icons.js';
import { busy, card, empty, facts, list, pill, rowLink, section } from '../lib/ui.js';

const GROUPS = ['approve', 'rent', 'travel', 'tour', 'medical', 'read', 'shop', 'other'];

/** @param {import('./main.js').App} app */
export function scenarioViews(app) {
  return { scenarios: () => all(app), scenario: (/** @type {string} */ code) => one(app, code) };
}

/** @param {import('./main.js').App} app */
async function all(app) {
  const page = await app.api.get('/citizen/v1/scenarios?limit=100');
  const groups = GROUPS.map((group) => [group, creditFirst(page.data.filter((/** @type {any} */ scenario) => scenario.group === group))]);
  return {
    title: t('scenarios.title'),
    tab: 'scenarios',
    body: [
      h('p', { class: 'small soft lead' }, t('scenarios.lead')),
      page.data.length ? list([placesLink('#/places')]) : empty('grid', t('scenarios.none')),
      ...groups.map(([group, scenarios]) => (scenarios.length ? section(t(`group.${group}`), list(scenarios.map(scenarioRow))) : null)),
    ],
  };
}

/** @param {any[]} scenarios */
const creditFirst = (scenarios) => ['credit', 'standard'].flatMap((path) => scenarios.filter((scenario) => scenario.path === path));

/** @param {any} scenario */
function scenarioRow(scenario) {
  const credit = scenario.path === 'credit';
  const said = credit ? benefitText(scenario.benefit) : scenario.ordinary_path.text;
  return rowLink({
    href: `#/scenario/${scenario.code}`,
    icon: familyIcon(scenario.family),
    title: scenario.name,
    text: credit ? h('span', { class: 'item-body' }, h('span', null, said), h('span', null, pill(t('scenarios.credit'), 'pill-accent'))) : said,
  });
}

/** @param {import('./main.js').App} app @param {string} code */
async function one(app, code) {
  const scenario = await app.api.get(`/citizen/v1/scenarios/${encodeURIComponent(code)}`);
  return {
    title: scenario.name,
    tab: 'scenarios',
    back: '#/scenarios',
    body: [
      now(scenario),
      ordinary(scenario.ordinary_path, scenario.path === 'credit'),
      choice(app, scenario),
      section(null, list([placesLink(`#/places/${code}`)])),
      section(t('scenario.rule'), card(facts(ruleFacts(scenario)))),
    ],
  };
}

/** @param {string} href */
const placesLink = (href) => rowLink({ href, icon: icon('pin'), title: t('places.link'), text: t('places.link.more') });

/** @param {any} scenario */
function now(scenario) {
  const credit = scenario.path === 'credit';
  return h(
    'section',
    { class: credit ? 'result result-credit' : 'result' },
    h('p', { class: 'small soft' }, t('scenario.now')),
    h('h2', null, t(`path.${scenario.path}`)),
    h('p', null, credit ? benefitText(scenario.benefit) : scenario.ordinary_path.text),
    scenario.reasons.map((/** @type {any} */ reason) => h('p', { class: 'small soft reason' }, reason.text)),
  );
}

/** The ordinary way with its steps, price and time. @param {any} path @param {boolean} folded */
export function ordinary(path, folded) {
  const steps = [
    h('ol', { class: 'steps', role: 'list' }, path.steps.map((/** @type {string} */ step) => h('li', null, step))),
    facts([[t('ordinary.price'), path.price ? yuan(path.price) : t('ordinary.free')], [t('ordinary.time'), path.time]]),
  ];
  const inside = folded
    ? h('details', null, h('summary', null, t('ordinary.also')), h('div', { class: 'stack details-body' }, h('p', null, path.text), ...steps))
    : h('div', { class: 'stack' }, h('h2', null, t('ordinary.how')), ...steps);
  return h('section', { class: 'section' }, h('div', { class: folded ? 'card card-details' : 'card' }, inside));
}

/** @param {import('./main.js').App} app @param {any} scenario */
function choice(app, scenario) {
  const place = h('div', { class: 'problem-place' });
  const declared = new Set(scenario.preference.declared);
  let path = scenario.preference.path;
  const save = (/** @type {HTMLInputElement} */ box, /** @type {() => void} */ change) => busy(box, async () => {
    change();
    try {
      await app.api.put(`/citizen/v1/scenarios/${scenario.code}/preference`, { path, declared: [...declared] });
    } finally {
      await app.stage.again();
    }
  }, place);
  const ordinaryBox = toggle(t('choice.ordinary'), t('choice.ordinary.more'), path === 'standard', (box) => save(box, () => { path = box.checked ? 'standard' : 'credit'; }), 'ordinary');
  const conditions = scenario.conditions.map((/** @type {any} */ condition) => toggle(
    condition.text,
    condition.needed ? t('choice.needed') : null,
    declared.has(condition.code),
    (box) => save(box, () => { if (box.checked) declared.add(condition.code); else declared.delete(condition.code); }),
    condition.code,
  ));
  return section(t('choice.title'), h('ul', { class: 'card card-flush list', role: 'list' }, [...conditions, ordinaryBox].map((row) => h('li', null, row))), place);
}

/** @param {string} text @param {string | null} hint @param {boolean} on @param {(box: HTMLInputElement) => void} change @param {string} name */
function toggle(text, hint, on, change, name) {
  const box = h('input', { type: 'checkbox', role: 'switch', class: 'switch', checked: on, name });
  box.addEventListener('change', () => change(box));
  return h('label', { class: 'item toggle' }, h('span', { class: 'item-body' }, h('span', null, text), hint && h('span', { class: 'small soft' }, hint)), box);
}

/** @param {any} scenario @returns {Array<[string, any]>} */
function ruleFacts(scenario) {
  const caps = scenario.limits.standing;
  return [
    [t('rule.service'), scenario.service],
    [t('rule.benefit'), benefitText(scenario.benefit)],
    [t('rule.threshold'), t('rule.points', { n: scenario.threshold })],
    [t('rule.limit'), scenario.limits.amount ? yuan(scenario.limits.amount) : null],
    [t('rule.daily'), scenario.limits.daily && t('rule.places', { n: scenario.limits.daily, left: scenario.left_today })],
    [t('rule.standing'), caps && t('rule.caps', { order: yuan(caps.per_order), day: yuan(caps.per_day) })],
    [t('rule.subject'), scenario.subject === 'own' ? null : t(`rule.subject.${scenario.subject}`)],
    [t('rule.version'), `${scenario.code} · ${scenario.version}`],
    [t('rule.basis'), h('span', { class: 'small' }, scenario.legal_basis)],
    [t('rule.illustrative'), scenario.illustrative.length ? t('rule.illustrative.yes') : null],
  ];
}

