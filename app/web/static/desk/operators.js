/** The office's own people: roles, second factors; every change of them is a proposal of an administrator. */

import { h } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { card, field, list, pill, rowLink, section } from '../lib/ui.js';
import { may, proposal } from './approvals.js';

const PATH = '/operator/v1/operators';
const ROLES = ['office', 'admin', 'auditor'];

/** @param {import('./main.js').Desk} desk */
export function operatorViews(desk) {
  return {
    operators: () => all(desk),
    operator: (/** @type {string} */ id) => one(desk, id),
    'operator-new': () => add(desk),
  };
}

/** @param {string[]} roles */
const rolesText = (roles) => roles.map((role) => t(`role.${role}`)).join(t('comma'));

/** @param {import('./main.js').Desk} desk */
async function all(desk) {
  const [{ data }, me] = await Promise.all([desk.api.get(`${PATH}?limit=100`), desk.me()]);
  const rows = data.map((/** @type {any} */ operator) => rowLink({
    href: may(me, 'admin') && operator.active ? `#/operator/${operator.id}` : '#/operators',
    icon: icon('person'),
    title: operator.name,
    text: rolesText(operator.roles),
    end: state(operator),
    plain: !may(me, 'admin') || !operator.active,
  }));
  return {
    title: t('desk.tab.operators'),
    tab: 'operators',
    body: [
      list(rows),
      may(me, 'admin') && h('div', { class: 'section' }, h('a', { class: 'button button-quiet', href: '#/operator-new' }, t('operator.new'))),
    ],
  };
}

/** @param {any} operator */
function state(operator) {
  if (!operator.active) return pill(t('operator.disabled'));
  return operator.second_factor ? pill(t('operator.ready'), 'pill-accent') : pill(t('operator.noFactor'), 'pill-notice');
}

/** @param {import('./main.js').Desk} desk @param {string} id */
async function one(desk, id) {
  const { data } = await desk.api.get(`${PATH}?limit=100`);
  const operator = data.find((/** @type {any} */ row) => row.id === id);
  if (!operator) return all(desk);
  const action = (/** @type {string} */ name, /** @type {string} */ path) => section(t(`approval.operators.${name}`), card(
    h('p', { class: 'small soft lead' }, t(`approval.operators.${name}.effect`)),
    proposal(desk, `${PATH}/${id}/${path}`, t('approval.propose'), () => ({})),
  ));
  return {
    title: operator.name,
    tab: 'operators',
    back: '#/operators',
    body: [
      h('p', { class: 'row-between lead-row' }, h('span', { class: 'soft' }, rolesText(operator.roles)), state(operator)),
      action('invite', 'invitations'),
      action('disable', 'disable'),
    ],
  };
}

/** @param {import('./main.js').Desk} desk */
function add(desk) {
  const name = h('input', { class: 'input', name: 'name', maxlength: 60, autocomplete: 'off' });
  const number = h('input', { class: 'input', name: 'id_number', maxlength: 18, autocomplete: 'off', spellcheck: 'false' });
  const boxes = ROLES.map((role) => h('input', { type: 'checkbox', name: 'role', value: role }));
  const choices = h('fieldset', { class: 'plain' }, h('legend', { class: 'strong' }, t('operator.roles')), ROLES.map((role, place) => h('label', { class: 'choice' }, boxes[place], h('span', null, t(`role.${role}`)))));
  const body = () => ({
    name: name.value.trim(),
    id_number: number.value.trim(),
    roles: boxes.filter((box) => box.checked).map((box) => box.value),
  });
  return {
    title: t('operator.new'),
    tab: 'operators',
    back: '#/operators',
    body: [card(proposal(desk, PATH, t('approval.propose'), body, field(t('operator.name'), name, t('operator.name.hint')), field(t('operator.number'), number, t('operator.number.hint')), choices))],
  };
}
