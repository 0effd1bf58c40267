/** Mine: the way to everything that is about me, devices, the language, and logging out. */

import { h } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { languageButton } from '../lib/switch.js';
import { button, empty, list, pill, rowLink, section } from '../lib/ui.js';

const ROWS = [
  ['score', 'chart'], ['card', 'card'], ['report', 'paper'], ['access', 'eye'], ['consents', 'key'], ['inbox', 'bell'], ['devices', 'phone'], ['data', 'shield'],
];

/** @param {import('./main.js').App} app */
export function selfViews(app) {
  return { me: () => me(app), devices: () => devices(app) };
}

/** @param {import('./main.js').App} app */
function me(app) {
  const out = button(t('me.logout'), async () => {
    await app.session.logout();
    app.stage.go('#/start');
  }, { kind: 'button-quiet' });
  return {
    title: t('me.title'),
    tab: 'me',
    body: [
      list(ROWS.map(([name, picture]) => rowLink({ href: `#/${name}`, icon: icon(picture), title: t(`me.${name}`), text: t(`me.${name}.more`) }))),
      section(null, list([h('div', { class: 'item' }, h('span', { class: 'item-body strong' }, t('me.language')), languageButton())])),
      section(null, out),
    ],
  };
}

/** @param {import('./main.js').App} app */
async function devices(app) {
  const page = await app.api.get('/citizen/v1/devices?limit=100');
  const rows = page.data.map((/** @type {any} */ device) => deviceRow(app, device));
  return {
    title: t('me.devices'),
    tab: 'me',
    back: '#/me',
    body: [h('p', { class: 'soft lead' }, t('devices.lead')), rows.length ? list(rows) : empty('phone', t('devices.none'))],
  };
}

/** @param {import('./main.js').App} app @param {any} device */
function deviceRow(app, device) {
  const end = device.current
    ? pill(t('devices.current'), 'pill-accent')
    : button(t('devices.end'), async () => {
      await app.api.delete(`/citizen/v1/devices/${device.id}`);
      await app.stage.again();
    }, { kind: 'button-quiet button-inline' });
  return h(
    'div',
    { class: 'item wrap' },
    h('span', { class: 'item-body' }, h('span', { class: 'strong' }, device.device || t('devices.unnamed')), h('span', { class: 'small soft' }, t('devices.used', { when: when(device.last_used_at) }))),
    end,
  );
}
