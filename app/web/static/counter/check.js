/** One question: may this citizen use this service on credit? One answer, without the why. */

import { benefitText } from '../lib/benefit.js';
import { scanButton } from '../lib/camera.js';
import { h } from '../lib/dom.js';
import { when, yuan } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { buttonLink, card, facts, field, form, section } from '../lib/ui.js';
import { PREFIX } from '../lib/offline_card.js';
import { openOrder } from './open.js';

const LAST = 'xinyi.counter.scenario';

/** @param {import('./main.js').Counter} counter */
export function checkViews(counter) {
  return { check: () => ask(counter) };
}

/** @param {import('./main.js').Counter} counter @returns {Promise<import('../lib/stage.js').Page>} */
async function ask(counter) {
  const { data: offers } = await counter.api.get('/partner/v1/scenarios?limit=100');
  const last = localStorage.getItem(LAST);
  const scenario = h('select', { class: 'input', name: 'scenario' }, offers.map((/** @type {any} */ offer) => h('option', { value: offer.code, selected: offer.code === last }, offer.name)));
  const code = h('input', { class: 'input input-code', name: 'code', autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', maxlength: 40 });
  const send = form(async () => {
    localStorage.setItem(LAST, scenario.value);
    const scan = await counter.api.once('/partner/v1/card-scans', { code: code.value.trim() });
    const answer = await counter.api.once('/partner/v1/eligibility-checks', { scan_id: scan.id, scenario: scenario.value });
    const offer = offers.find((/** @type {any} */ known) => known.code === answer.scenario);
    await counter.stage.open(() => result(counter, offer, scan, answer), []);
  }, t('check.now'), field(t('check.scenario'), scenario), field(t('check.code'), code, t('check.code.hint')));
  const scan = scanButton(counter.api, '/partner/v1/code-pictures', (text) => {
    if (text.startsWith(PREFIX)) return verifyInstead(counter, text);
    code.value = text;
    return send.requestSubmit();
  });
  return { title: t('check.title'), tab: 'check', body: [card(scan, send), h('p', { class: 'section small soft' }, t('check.about'))] };
}

/** An offline card was shown: it answers no question about a service, but it can be verified. @param {import('./main.js').Counter} counter @param {string} text */
function verifyInstead(counter, text) {
  counter.scanned = text;
  counter.stage.go('#/verify');
}

/** @param {import('./main.js').Counter} counter @param {any} offer @param {any} scan @param {any} answer */
function result(counter, offer, scan, answer) {
  const credit = answer.path === 'credit';
  return {
    title: offer.name,
    tab: 'check',
    back: '#/check',
    body: [
      h(
        'section',
        { class: credit ? 'result result-credit' : 'result', 'data-path': answer.path, role: 'status' },
        h('h2', null, t(credit ? 'path.credit' : 'path.standard')),
        credit ? creditWords(answer) : ordinaryWords(answer.ordinary_path),
        h('p', { class: 'small soft reason' }, t('check.until', { when: when(answer.valid_until) })),
      ),
      openOrder(counter, offer, scan),
      section(null, buttonLink(t('check.next'), '#/check', 'button-quiet')),
    ],
  };
}

/** @param {any} answer */
const creditWords = ({ benefit }) => h('p', null, benefitText(benefit));

/** @param {any} path */
function ordinaryWords(path) {
  return h(
    'div',
    { class: 'stack' },
    h('p', null, path.text),
    h('ol', { class: 'steps', role: 'list' }, path.steps.map((/** @type {string} */ step) => h('li', null, step))),
    facts([[t('ordinary.price'), path.price ? yuan(path.price) : t('ordinary.free')], [t('ordinary.time'), path.time]]),
  );
}
