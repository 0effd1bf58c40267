/** What waits for a second person: one list, and one page for each with the decision. */

import { h } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { t, worded } from '../lib/i18n.js';
import { button, buttonLink, card, empty, facts, field, form, list, pill, rowLink, section } from '../lib/ui.js';
import { offerFigures } from './offer_figures.js';
import { figures } from './pack_figures.js';

const PATH = '/operator/v1/approvals';

/** @param {import('./main.js').Desk} desk */
export function approvalViews(desk) {
  return { approvals: () => all(desk), approval: (/** @type {string} */ id) => one(desk, id) };
}

/** @param {any} approval */
export const kindName = (approval) => t(`approval.${approval.kind}`);

/** @param {import('./main.js').Desk} desk */
async function all(desk) {
  const [waiting, over] = await Promise.all([desk.api.get(`${PATH}?limit=100`), desk.api.get(`${PATH}?status=over`)]);
  return {
    title: t('queue.approvals'),
    tab: 'queues',
    back: '#/queues',
    body: [
      waiting.data.length ? list(waiting.data.map(row)) : empty('check', t('approval.none')),
      over.data.length > 0 && section(t('approval.over'), list(over.data.map(row))),
    ],
  };
}

/** @param {any} approval */
const row = (approval) => rowLink({
  href: `#/approval/${approval.id}`,
  title: `${kindName(approval)} · ${approval.target_name}`,
  text: t('approval.by', { name: approval.proposed_by, when: when(approval.proposed_at) }),
  end: statusPill(approval),
});

/** @param {any} approval */
const statusPill = ({ status }) => pill(t(`approval.status.${status}`), status === 'pending' ? 'pill-notice' : status === 'approved' ? 'pill-accent' : '');

/** @param {import('./main.js').Desk} desk @param {string} id */
async function one(desk, id) {
  const approval = await desk.api.get(`${PATH}/${encodeURIComponent(id)}`);
  return {
    title: kindName(approval),
    tab: 'queues',
    back: '#/approvals',
    body: [
      h('p', { class: 'row-between lead-row', 'data-status': approval.status }, h('span', { class: 'strong' }, approval.target_name), statusPill(approval)),
      card(facts(pairs(approval))),
      approval.kind === 'corrections.remedy' && section(null, buttonLink(t('case.open'), `#/correction/${approval.target}`, 'button-quiet')),
      approval.kind === 'remedies.settle' && section(null, buttonLink(t('remedy.case.open'), `#/${approval.target.startsWith('dsp_') ? 'dispute' : 'repair'}/${approval.target}`, 'button-quiet')),
      approval.kind === 'reviews.change' && section(null, buttonLink(t('review.case.open'), `#/review/${approval.target}`, 'button-quiet')),
      approval.kind === 'packs.publish' && figures(await version(desk, 'packs', approval)),
      approval.kind === 'offers.publish' && offerFigures(await version(desk, 'offers', approval)),
      decision(desk, approval),
    ],
  };
}

/** What is to be published. @param {import('./main.js').Desk} desk @param {string} kind @param {any} approval */
const version = (desk, kind, { data }) => desk.api.get(`/operator/v1/${kind}/${encodeURIComponent(data.code)}/versions/${data.version}`);

/** @param {any} approval @returns {Array<[string, any]>} */
function pairs(approval) {
  return [
    [t('approval.effect'), t(`approval.${approval.kind}.effect`)],
    ...Object.entries({ ...approval.seen, ...approval.data }).map(detail),
    [t('approval.reason'), approval.reason],
    [t('approval.proposed'), t('approval.by', { name: approval.proposed_by, when: when(approval.proposed_at) })],
    [t('approval.until'), approval.status === 'pending' && when(approval.expires_at)],
    [t('approval.decided'), approval.decided_by && t('approval.by', { name: approval.decided_by, when: when(approval.decided_at) })],
    [t('approval.decisionReason'), approval.decision_reason],
  ];
}

/** How the target stood, and what is asked for. @param {[string, any]} entry @returns {[string, any]} */
function detail([name, value]) {
  if (!worded(`detail.${name}`)) return [name, false];
  const told = Array.isArray(value) ? value.map((item) => (worded(`role.${item}`) ? t(`role.${item}`) : item)).join(t('comma')) : value;
  return [t(`detail.${name}`), worded(`detail.${name}.${told}`) ? t(`detail.${name}.${told}`) : told];
}

/** @param {import('./main.js').Desk} desk @param {any} approval */
function decision(desk, approval) {
  const can = (/** @type {string} */ action) => approval.allowed_actions.includes(action);
  if (!can('reject')) return approval.status === 'pending' && h('p', { class: 'notice notice-calm section' }, t('approval.notYours'));
  const mine = !can('approve');
  return h(
    'div',
    null,
    mine && h('p', { class: 'notice notice-calm section' }, t('approval.yours')),
    can('approve') && approve(desk, approval),
    section(t(mine ? 'approval.takeBack' : 'approval.reject'), card(reject(desk, approval, mine))),
  );
}

/** @param {import('./main.js').Desk} desk @param {any} approval */
function approve(desk, approval) {
  const place = h('div', { class: 'problem-place' });
  const send = button(t('approval.approve'), async () => {
    const { result } = await desk.api.post(`${PATH}/${approval.id}/approve`, {});
    if (result.invitation) await desk.stage.open(async () => invitation(desk, approval, result), []);
    else await desk.stage.again();
  }, { where: place });
  return section(null, h('p', { class: 'small soft lead' }, t('approval.approve.lead')), send, place);
}

/**
 * A new invitation, shown this once: who leaves the page cannot read it again.
 * @param {import('./main.js').Desk} desk @param {any} approval @param {any} result
 */
const invitation = (desk, approval, result) => ({
  title: t('invitation.title'),
  tab: 'queues',
  body: [
    h('p', { class: 'strong lead' }, approval.target_name),
    card(
      h('p', { class: 'lead' }, t('invitation.text', { when: when(result.invitation_expires_at) })),
      h('code', { class: 'invitation', 'data-invitation': true }, result.invitation),
    ),
    section(null, button(t('invitation.done'), () => desk.stage.again(), { kind: 'button-quiet' })),
  ],
});

/** @param {import('./main.js').Desk} desk @param {any} approval @param {boolean} mine */
function reject(desk, approval, mine) {
  const reason = h('input', { class: 'input', name: 'reason', maxlength: 500, autocomplete: 'off' });
  const element = form(async () => {
    await desk.api.post(`${PATH}/${approval.id}/reject`, { reason: reason.value.trim() });
    await desk.stage.again();
  }, t(mine ? 'approval.takeBack' : 'approval.reject'), field(t('approval.decisionReason'), reason));
  element.querySelector('button').classList.add('button-quiet');
  return element;
}

/**
 * A form that proposes something, and then leads to the proposal.
 * @param {import('./main.js').Desk} desk @param {string} path @param {string} label
 * @param {() => object} body what is sent besides the reason @param {...import('../lib/dom.js').Child} fields
 */
export function proposal(desk, path, label, body, ...fields) {
  const reason = h('input', { class: 'input', name: 'reason', maxlength: 500, autocomplete: 'off' });
  return form(async () => {
    const why = reason.value.trim();
    const asked = await desk.api.post(path, { ...body(), ...(why ? { reason: why } : {}) });
    desk.stage.go(`#/approval/${asked.id}`);
  }, label, ...fields, field(t('approval.reason'), reason, t('approval.reason.hint')));
}

/** Whether somebody may propose what needs one of these roles. @param {{roles: string[]}} me @param {...string} roles */
export const may = (me, ...roles) => me.roles.some((role) => roles.includes(role));
