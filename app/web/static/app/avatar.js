/** My picture: taken on my own word, made small on the way in, deleted on a tap. */

import { h } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { drawnAnew } from '../lib/photo.js';
import { busy, button, card, section, tell } from '../lib/ui.js';

const PATH = '/citizen/v1/name-card/avatar';
const KINDS = ['image/jpeg', 'image/png', 'image/webp'];
const SIDE = 1024;

/** @param {import('./main.js').App} app */
export function avatarViews(app) {
  return { avatar: () => mine(app) };
}

/** @param {import('./main.js').App} app */
async function mine(app) {
  const { available } = await app.api.get('/citizen/v1/name-card');
  const place = h('div', { class: 'problem-place' });
  const agreed = h('input', { type: 'checkbox', name: 'agreed' });
  const file = h('input', { type: 'file', accept: KINDS.join(','), hidden: true, 'aria-label': t('avatar.choose') });
  const choose = h('button', { type: 'button', class: 'button', disabled: true }, t(available.avatar ? 'avatar.other' : 'avatar.choose'));
  agreed.addEventListener('change', () => { choose.disabled = !agreed.checked; });
  choose.addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    const [picture] = file.files;
    file.value = '';
    if (picture) busy(choose, () => take(app, picture), place);
  });
  const drop = available.avatar && button(t('avatar.delete'), async () => {
    await app.api.delete(PATH);
    tell(t('avatar.deleted'));
    await app.stage.again();
  }, { kind: 'button-quiet' });
  return {
    title: t('card.avatar'),
    tab: 'me',
    back: '#/ticks',
    body: [
      h('p', { class: 'soft lead' }, t('avatar.lead')),
      available.avatar && h('img', { class: 'portrait portrait-large', src: available.avatar, alt: t('avatar.alt'), width: 128, height: 128 }),
      section(t('avatar.use'), card(
        h('ul', { class: 'plain-list small soft' }, ['face', 'kept', 'shown', 'gone'].map((what) => h('li', null, t(`avatar.use.${what}`)))),
        h('label', { class: 'choice choice-box section-tight' }, agreed, h('span', null, t('avatar.agree'))),
      )),
      h('div', { class: 'section stack-small' }, choose, file, place, drop),
    ],
  };
}

/** Send a picture, made small here first so that the place and the camera never leave the phone. @param {import('./main.js').App} app @param {File} picture */
async function take(app, picture) {
  await app.api.put(`${PATH}?agreed=true`, await drawnAnew(picture, (width, height) => SIDE / Math.min(width, height)));
  tell(t('avatar.done'));
  await app.stage.again();
}
