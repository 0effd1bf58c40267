/** What a credit report says, in calm sections: for the one whom it is about, and for whoever checks it. */

import { h } from './dom.js';
import { day } from './format.js';
import { t } from './i18n.js';
import { card, facts, list, pill, section } from './ui.js';

const MOST_OPEN = 2;

/** @param {any} report @returns {import('./dom.js').Child[]} */
export function reportParts(report) {
  return [
    card(h('h2', null, report.subject.full_name ?? report.subject.masked_name), facts(pairs(report.subject.facts))),
    report.score && section(t('report.score'), score(report.score)),
    report.score_note && section(null, h('p', { class: 'notice notice-calm' }, report.score_note)),
    section(t('report.records'), report.records.length ? groups(report.records, (one) => one.name, record) : h('p', { class: 'card soft' }, report.records_note)),
    report.items.length > 0 && section(t('report.items'), groups(report.items, (one) => one.name, item)),
    report.private && section(t('report.private'), card(facts([[t('report.consents'), String(report.private.consents)], ...pairs(report.private.looks).map(([label, text]) => [`${t('report.looks')} · ${label}`, text])]))),
    report.sources.length > 0 && section(t('report.sources'), card(facts(report.sources.map((/** @type {any} */ one) => [one.name, t('report.source.count', { n: one.records })])))),
    section(null, folded(t('report.law'), report.law), folded(t('report.legend'), report.legend)),
    section(null, h('ul', { class: 'plain-list small soft' }, report.notice.map((/** @type {string} */ text) => h('li', null, text)))),
  ];
}

/** @param {any[]} lines @returns {Array<[string, string]>} */
const pairs = (lines) => lines.map((line) => [line.label, line.text]);

/** @param {any} said */
function score(said) {
  const about = t('report.about', { pack: said.pack.name, version: said.pack_version, day: day(said.as_of) });
  return card(h(
    'div',
    { class: 'stack-small' },
    h('p', { class: 'row-between' }, h('strong', { class: 'points-small' }, said.points), pill(said.grade.name, 'pill-accent')),
    h('p', { class: 'small soft' }, about),
    h('h3', null, t('report.sums')),
    facts(pairs(said.sums)),
  ));
}

/** @param {any} one */
function record(one) {
  const details = [...pairs(one.details), [t('report.until'), one.expires_on && day(one.expires_on)]];
  return h(
    'details',
    { class: 'fold' },
    h('summary', null, h('span', { class: 'item-body' }, h('span', { class: 'strong' }, one.name, one.quantity && ` · ${one.quantity}`), h('span', { class: 'small soft' }, `${one.source.name} · ${day(one.event_on)}`)), one.because && pill(one.status.name)),
    h('div', { class: 'fold-body stack-small' }, one.because && h('p', { class: 'small' }, one.because.name), one.dispute && h('p', { class: 'small' }, t('report.dispute', { ground: one.dispute.ground.name, day: day(one.dispute.due_on) })), facts(details), one.statement && h('blockquote', null, h('p', { class: 'small soft' }, t('report.statement')), h('p', null, one.statement))),
  );
}

/** @param {any} one */
const item = (one) => h('div', { class: 'item' }, h('span', { class: 'item-body' }, h('span', { class: 'strong' }, one.name), h('span', { class: 'small soft' }, `${one.dimension} · ${one.source} · ${day(one.event_on)}`), h('span', { class: 'small soft' }, one.rule)), h('strong', { class: 'item-points' }, one.points));

/** What there are many of is folded under its name. @param {any[]} all @param {(one: any) => string} nameOf @param {(one: any) => HTMLElement} row */
function groups(all, nameOf, row) {
  /** @type {Map<string, any[]>} */
  const byName = new Map();
  for (const one of all) byName.set(nameOf(one), [...(byName.get(nameOf(one)) ?? []), one]);
  return [...byName].map(([name, ones]) => (ones.length <= MOST_OPEN ? list(ones.map(row)) : h('details', { class: 'card fold' }, h('summary', null, h('span', { class: 'grow' }, name, h('span', { class: 'small soft' }, ` · ${t('report.source.count', { n: ones.length })}`))), h('ul', { class: 'list', role: 'list' }, ones.map((one) => h('li', null, row(one)))))));
}

/** @param {string} title @param {any[]} lines */
function folded(title, lines) {
  return h('details', { class: 'card fold' }, h('summary', null, title), h('div', { class: 'fold-body stack-small' }, lines.map((line) => h('div', null, h('p', { class: 'strong small' }, line.label), h('p', { class: 'small soft' }, line.text)))));
}
