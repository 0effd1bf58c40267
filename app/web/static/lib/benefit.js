/** What the credit way gives over the ordinary one, in a few words. */

import { yuan } from './format.js';
import { t, worded } from './i18n.js';

/** @param {any} benefit as the API tells it */
export function benefitText(benefit) {
  const said = Object.fromEntries(Object.entries(benefit).map(([name, value]) => [name, MONEY.has(name) ? yuan(value) : value]));
  return t(`benefit.${kindOf(benefit)}`, { ...said, unit: counted(benefit), percent: percent(benefit), ordinary: span(benefit.ordinary_from_days, benefit.ordinary_days) });
}

const MONEY = new Set(['amount', 'ordinary_amount', 'each_from', 'each_to']);

/** The kind, and how it is said where it is nothing at all, or by the piece. @param {any} benefit */
function kindOf(benefit) {
  if (benefit.kind === 'deposit_waiver' && benefit.each_to) return 'deposit_waiver.each';
  if (benefit.kind === 'fee' && !benefit.amount) return 'fee.none';
  if (benefit.kind === 'review_skip' && !benefit.days) return 'review_skip.today';
  if (benefit.kind === 'quota' && benefit.days === benefit.ordinary_days) return 'quota.count';
  return benefit.kind;
}

/** @param {any} benefit */
function counted({ unit, count }) {
  const key = count === 1 && worded(`unit.${unit}.one`) ? `unit.${unit}.one` : `unit.${unit}`;
  return worded(key) ? t(key) : unit ?? '';
}

/** @param {any} benefit */
function percent(benefit) {
  return benefit.kind === 'price' ? span(benefit.from_percent, benefit.to_percent) : benefit.percent;
}

/** @param {number} from @param {number} to */
const span = (from, to) => (from === to ? String(to) : `${from}–${to}`);
