/** A person can be asked: my calls for review of a decision or a score item, and their answers. */

import { h } from '../lib/dom.js';
import { day, when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { more } from '../lib/more.js';
import { buttonLink, card, empty, facts, field, form, list, rowLink, section } from '../lib/ui.js';

/** @param {import('./main.js').App} app */
export function reviewViews(app) {
  return { reviews: () => all(app), review: (/** @type {string} */ id) => one(app, id) };
}

/** @param {import('./main.js').App} app */
async function all(app) {
  const path = '/citizen/v1/reviews?limit=30';
  const page = await app.api.get(path);
  return {
    title: t('review.mine'),
    tab: 'me',
    back: '#/data',
    body: [
      h('p', { class: 'soft lead' }, t('review.lead')),
      page.data.length ? list(page.data.map(row)) : empty('person', t('review.none')),
      more(app, path, page, row),
    ],
  };
}

/** @param {any} review */
const row = (review) => rowLink({ href: `#/review/${review.id}`, title: review.about.name, text: state(review) });

/** Where a review is, in a few words. @param {any} review */
const state = (review) => (review.status === 'received' ? t('review.until', { day: day(review.due_on) }) : t(`review.status.${review.status}`));

/** @param {import('./main.js').App} app @param {string} id */
async function one(app, id) {
  const review = await app.api.get(`/citizen/v1/reviews/${encodeURIComponent(id)}`);
  return {
    title: review.about.name,
    tab: 'me',
    back: '#/reviews',
    body: [
      h('p', { class: 'notice notice-calm lead', role: 'status', 'data-status': review.status }, state(review)),
      review.reason && card(h('h2', null, t('review.answer')), h('p', null, review.reason)),
      follows(review),
      section(null, card(facts([
        [t('review.text'), review.text],
        [t('review.asked'), when(review.asked_at)],
        [t('review.answered'), review.answered_at && when(review.answered_at)],
      ]))),
      section(null, review.decision_id
        ? buttonLink(t('review.decision'), `#/decision/${review.decision_id}`, 'button-quiet')
        : buttonLink(t('review.record'), `#/record/${review.record_id}`, 'button-quiet')),
    ],
  };
}

/** What follows from an answer that changed something. @param {any} review */
function follows(review) {
  if (review.status !== 'changed') return null;
  const text = review.decision_id ? t('review.follows.decision', { day: day(review.holds_until) }) : t('review.follows.item');
  return h('p', { class: 'section soft' }, text);
}

/**
 * Where one asks that a person looks, and sees the last review of the same thing.
 * @param {import('./main.js').App} app @param {string} path where to ask @param {any} [last]
 */
export function reviewPart(app, path, last) {
  const known = last && list([rowLink({ href: `#/review/${last.id}`, title: t('review.mine'), text: state(last) })]);
  if (last?.status === 'received') return section(t('review.title'), known);
  const text = h('textarea', { class: 'input', rows: 3, maxlength: 1000 });
  const ask = form(async () => {
    await app.api.post(path, { text: text.value.trim() });
    await app.stage.again();
  }, t('review.send'), field(t('review.text'), text, t('review.hint')));
  const folded = h('details', null, h('summary', null, t('review.title')), h('div', { class: 'details-body' }, ask));
  return h('section', { class: 'section stack' }, known, h('div', { class: 'card card-details' }, folded));
}
