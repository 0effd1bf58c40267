/** Somebody's card, exactly as the server says that the other side sees it. */

import { h } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { ripples } from './ripples.js';

/** @param {any} shown */
export function face(shown) {
  const marks = [
    shown.city?.name,
    shown.grade && `${shown.grade.pack_name} · ${shown.grade.name}`,
    shown.score !== undefined && t('face.score', { n: shown.score }),
    shown.volunteer_stars && t('face.stars', { n: shown.volunteer_stars }),
    shown.blood_donor && t('field.blood_donor'),
    ...(shown.honours ?? []).map((/** @type {any} */ honour) => honour.name),
  ].filter(Boolean);
  return h(
    'article',
    { class: 'name-card' },
    ripples(),
    h('span', { class: 'mark', 'aria-hidden': 'true' }, t('product')),
    h(
      'div',
      { class: 'name-card-who' },
      shown.avatar && h('img', { class: 'portrait', src: shown.avatar, alt: t('avatar.alt'), width: 64, height: 64 }),
      h('div', null, h('p', { class: 'name' }, shown.display_name), h('p', { class: 'soft small' }, shown.assurance_level ? t('face.verified') : t('face.plain'))),
    ),
    shown.role && h('p', { class: 'name-card-role' }, `${shown.role.name} · ${shown.role.role.name}`, h('span', { class: 'soft small' }, t('face.uscc', { uscc: shown.role.uscc }))),
    marks.length ? h('ul', { role: 'list' }, marks.map((mark) => h('li', null, mark))) : null,
    shown.report && h('p', { class: 'small' }, h('a', { href: shown.report.url, target: '_blank', rel: 'noopener noreferrer' }, t('face.report')), ' ', h('span', { class: 'soft' }, t('face.report.until', { when: when(shown.report.expires_at) }))),
  );
}
