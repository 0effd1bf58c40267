/** Money, points and moments as people read them. Days are those of China, whatever the device says. */

import { language, languageTag, t } from './i18n.js';
import { serverNow } from './clock.js';

const ZONE = 'Asia/Shanghai';
const UNITS_IN_POINT = 10000;

/** @param {number} fen */
export function yuan(fen) {
  const digits = fen % 100 === 0 ? 0 : 2;
  const amount = (fen / 100).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return language() === 'zh' ? `${amount} 元` : `¥${amount}`;
}

/** Points with a sign, from 1/10,000 points: `+12.5`, `−3`, `0`. @param {number} units */
export function signedPoints(units) {
  const points = pointsText(Math.abs(units));
  if (points === '0') return '0';
  return (units > 0 ? '+' : '−') + points;
}

/** Points from 1/10,000 points, exactly. @param {number} units */
export const pointsText = (units) => String(Number((units / UNITS_IN_POINT).toFixed(4)));

/** @param {string | number} moment @param {Intl.DateTimeFormatOptions} options */
const written = (moment, options) =>
  new Intl.DateTimeFormat(languageTag(), { timeZone: ZONE, ...options }).format(new Date(moment));

/** @param {string | number} moment RFC 3339, a day, or milliseconds */
export const day = (moment) => written(moment, { year: 'numeric', month: 'long', day: 'numeric' });

/** @param {string | number} moment */
export const time = (moment) => written(moment, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** A moment: today's by its time, others by their day too. @param {string} moment */
export function when(moment) {
  if (day(moment) === day(serverNow())) return t('when.today', { time: time(moment) });
  return `${written(moment, { month: 'short', day: 'numeric' })} ${time(moment)}`;
}

/** Today, yesterday or the day. @param {string} moment */
export function dayName(moment) {
  if (day(moment) === day(serverNow())) return t('when.todayName');
  if (day(moment) === day(serverNow() - 86400000)) return t('when.yesterday');
  return day(moment);
}

/** Code groups of four, for the eye. @param {string} code */
export const grouped = (code) => code.replace(/(.{4})(?=.)/g, '$1 ');
