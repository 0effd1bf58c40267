/** Words in Chinese and English; Chinese first. A person's choice is kept in a cookie, so that every page follows it. */

import * as card from '../words/card.js';
import * as common from '../words/common.js';
import * as counter from '../words/counter.js';
import * as desk from '../words/desk.js';
import * as entity from '../words/entity.js';
import * as exchange from '../words/exchange.js';
import * as life from '../words/life.js';
import * as offers from '../words/offers.js';
import * as orderDisputes from '../words/order_disputes.js';
import * as packs from '../words/packs.js';
import * as remedies from '../words/remedies.js';
import * as rights from '../words/rights.js';
import * as report from '../words/report.js';
import * as score from '../words/score.js';
import * as self from '../words/self.js';
import * as service from '../words/service.js';
import * as shake from '../words/shake.js';
import * as trail from '../words/trail.js';
import * as verify from '../words/verify.js';
import * as wallet from '../words/wallet.js';

/** @type {Record<string, [string, string]>} */
const WORDS = { ...common.words, ...score.words, ...report.words, ...service.words, ...self.words, ...card.words, ...entity.words, ...shake.words, ...exchange.words, ...shake.words, ...verify.words, ...wallet.words, ...rights.words, ...remedies.words, ...life.words, ...counter.words, ...desk.words, ...trail.words, ...orderDisputes.words, ...packs.words, ...offers.words };
const YEAR_SECONDS = 31536000;

/** @returns {'zh' | 'en'} */
export function language() {
  const chosen = document.cookie.match(/(?:^|;\s*)lang=(zh|en)/)?.[1];
  const wanted = chosen ?? (navigator.languages.find((tag) => /^(zh|en)/.test(tag)) ?? 'zh').slice(0, 2);
  return wanted === 'en' ? 'en' : 'zh';
}

/** The language as a tag for `lang` and Accept-Language. */
export const languageTag = () => (language() === 'zh' ? 'zh-CN' : 'en');

/** @param {'zh' | 'en'} wanted */
export function chooseLanguage(wanted) {
  const secure = location.protocol === 'https:' ? '; secure' : '';
  document.cookie = `lang=${wanted}; path=/; max-age=${YEAR_SECONDS}; samesite=lax${secure}`;
}

/**
 * A text with its `{placeholders}` filled; a code without words stands for itself.
 * @param {string} key
 * @param {Record<string, string | number>} [params]
 */
export function t(key, params = {}) {
  const text = WORDS[key]?.[language() === 'zh' ? 0 : 1] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(params[name] ?? ''));
}

/** Whether there are words for a code. @param {string} key */
export const worded = (key) => key in WORDS;
