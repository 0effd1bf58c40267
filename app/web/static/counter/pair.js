/** Pairing this browser with a merchant, once; and what it is paired as. */

import { h } from '../lib/dom.js';
import { language, t } from '../lib/i18n.js';
import { button, buttonLink, card, facts, field, form, section } from '../lib/ui.js';

/** @param {import('./main.js').Counter} counter */
export function pairViews(counter) {
  return { pair: () => pair(counter), counter: () => about(counter) };
}

/** @param {import('./main.js').Counter} counter */
function pair(counter) {
  const link = h('input', { class: 'input', autocomplete: 'off', spellcheck: 'false', value: counter.link.token });
  const label = h('input', { class: 'input', maxlength: 30, value: t('pair.label.default'), autocomplete: 'off' });
  const ask = form(async () => {
    await counter.device.pair(tokenIn(link.value), label.value.trim() || t('pair.label.default'));
    counter.link.token = '';
    counter.stage.go('#/check');
  }, t('pair.now'), field(t('pair.label'), label), counter.link.token ? null : field(t('pair.link'), link, t('pair.link.hint')));
  return { title: t('pair.title'), bare: true, body: [h('p', { class: 'lead soft' }, t('pair.lead')), card(ask), h('p', { class: 'section small soft' }, t('pair.about')), section(null, buttonLink(t('verify.title'), '#/verify', 'button-quiet'))] };
}

/** The token of a pasted link, or what was pasted. @param {string} text */
const tokenIn = (text) => text.trim().match(/[#?&]pair=([^&\s]+)/)?.[1] ?? text.trim();

/** @param {import('./main.js').Counter} counter */
async function about(counter) {
  const paired = await counter.device.paired();
  if (!paired) return pair(counter);
  const out = button(t('counter.unpair'), async () => {
    await counter.device.unpair();
    counter.stage.go('#/pair');
  }, { kind: 'button-quiet' });
  return {
    title: t('counter.tab.counter'),
    tab: 'counter',
    body: [
      card(facts([
        [t('counter.partner'), language() === 'zh' ? paired.partner.name_zh : paired.partner.name_en],
        [t('counter.name'), paired.name],
        [t('counter.mode'), t(paired.livemode ? 'counter.live' : 'counter.sandbox')],
      ])),
      section(null, h('p', { class: 'small soft' }, t('pair.about'))),
      section(null, out),
    ],
  };
}
