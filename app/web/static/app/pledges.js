/** Private promises of mine (信用承诺): nobody else reads them, and no score does. */

import { h } from '../lib/dom.js';
import { day } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { button, card, empty, field, form, list, rowLink, section, sheet } from '../lib/ui.js';

const PATH = '/citizen/v1/pledges';

/** @param {import('./main.js').App} app */
export function pledgeViews(app) {
  return { pledges: () => pledges(app) };
}

/** @param {import('./main.js').App} app */
async function pledges(app) {
  const [made, scenarios, records] = await Promise.all([`${PATH}?limit=100`, '/citizen/v1/scenarios?limit=100', '/citizen/v1/records?limit=100'].map((path) => app.api.get(path)));
  return {
    title: t('pledge.mine'),
    tab: 'me',
    back: '#/remedies',
    body: [
      h('p', { class: 'soft lead' }, t('pledge.lead')),
      made.data.length ? list(made.data.map((/** @type {any} */ one) => row(app, one))) : empty('check', t('pledge.none')),
      section(t('pledge.new'), card(making(app, scenarios.data, records.data))),
    ],
  };
}

/** @param {import('./main.js').App} app @param {any} pledge */
const row = (app, pledge) => rowLink({
  onclick: () => opened(app, pledge),
  title: pledge.text,
  text: pledge.until_on ? t('pledge.by', { status: pledge.status.name, day: day(pledge.until_on) }) : pledge.status.name,
});

/** @param {import('./main.js').App} app @param {any} pledge */
function opened(app, pledge) {
  const ends = pledge.allowed_actions.map((/** @type {string} */ action) => button(t(`pledge.${action}`), async () => {
    await app.api.post(`${PATH}/${pledge.id}/${action}`);
    document.querySelector('dialog')?.close();
    await app.stage.again();
  }, { kind: action === 'fulfil' ? '' : 'button-quiet' }));
  sheet(pledge.status.name, h('p', null, pledge.text), ...ends);
}

/** @param {import('./main.js').App} app @param {any[]} scenarios @param {any[]} records */
function making(app, scenarios, records) {
  const about = h(
    'select',
    { class: 'input', name: 'about' },
    scenarios.map((one) => h('option', { value: `scenario ${one.code}` }, one.name)),
    records.map((one) => h('option', { value: `record_id ${one.id}` }, `${one.item.name} · ${day(one.event_on)}`)),
  );
  const text = h('textarea', { class: 'input', name: 'text', rows: 3, maxlength: 500 });
  const until = h('input', { class: 'input', name: 'until', type: 'date' });
  return form(async () => {
    const [kind, id] = about.value.split(' ');
    await app.api.post(PATH, { [kind]: id, text: text.value.trim(), ...(until.value ? { until_on: until.value } : {}) });
    await app.stage.again();
  }, t('pledge.make'), field(t('pledge.about'), about), field(t('pledge.text'), text, t('pledge.hint')), field(t('pledge.until'), until));
}
