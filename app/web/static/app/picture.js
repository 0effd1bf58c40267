/** The score as a picture: a ruler with the score on it, and bars that start at the base and end at the score. */

import { h, s } from '../lib/dom.js';
import { signedPoints } from '../lib/format.js';
import { t } from '../lib/i18n.js';

const POINT = 10000;
const WIDE = 1000;
const GAP = 5;
const LEAST = 14;
const MOST_LEFT = 800;

/** Where the score stands between the least and the most. @param {{score: number, min: number, max: number}} score */
export function ruler({ score, min, max }) {
  const at = Math.round((WIDE * (score - min)) / (max - min));
  return h(
    'figure',
    { class: 'ruler', 'aria-label': t('picture.ruler', { score, min, max }), role: 'img' },
    s(
      'svg',
      { viewBox: `0 0 ${WIDE} 40`, 'aria-hidden': 'true' },
      s('rect', { class: 'ruler-track', x: 0, y: 15, width: WIDE, height: 10, rx: 5 }),
      s('rect', { class: 'ruler-fill', x: 0, y: 15, width: at, height: 10, rx: 5 }),
      s('circle', { class: 'ruler-mark', cx: Math.min(Math.max(at, 16), WIDE - 16), cy: 20, r: 15 }),
    ),
    h('figcaption', { class: 'row-between tiny', 'aria-hidden': 'true' }, h('span', null, min), h('span', null, max)),
  );
}

/**
 * One scale for all bars: where the base stands, and how much of the drawing a unit takes. Where all is taken away,
 * room stays on the right, so that the base is still seen to be one.
 * @param {any[]} dimensions
 */
export function scaleOf(dimensions) {
  const highest = Math.max(0, ...dimensions.map((part) => upOf(part)));
  const lowest = Math.max(0, ...dimensions.map((part) => downOf(part)));
  if (!highest && !lowest) return { zero: 0, unit: 0 };
  const zero = Math.min(Math.round((WIDE * lowest) / (highest + lowest)), MOST_LEFT);
  const unit = Math.min(lowest ? zero / lowest : Infinity, highest ? (WIDE - zero) / highest : Infinity);
  return { zero, unit };
}

/** @param {any} part @returns {any[]} */
const pieces = (part) => part.indicators.flatMap((/** @type {any} */ indicator) => indicator.contributions);
/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((whole, one) => whole + one, 0);
/** @param {any} part */
const upOf = (part) => Math.max(part.total_units, 0, Math.min(sum(pieces(part).map((piece) => Math.max(piece.units, 0))), part.ceiling * POINT));
/** @param {any} part */
const downOf = (part) => Math.max(-part.total_units, 0, Math.min(sum(pieces(part).map((piece) => Math.max(-piece.units, 0))), -part.floor * POINT));

/**
 * A dimension's bar: each record a piece, gains to the right of the base and reductions to its left.
 * @param {any} part
 * @param {{zero: number, unit: number}} scale
 */
export function bar(part, scale) {
  const gains = pieces(part).filter((piece) => piece.units > 0);
  const reductions = pieces(part).filter((piece) => piece.units < 0);
  return s(
    'svg',
    { class: 'bar', viewBox: `-6 0 ${WIDE + 12} 44`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    s('line', { class: 'bar-base', x1: scale.zero, x2: scale.zero, y1: 0, y2: 44 }),
    side(gains, scale, upOf(part), 1, 'bar-plus'),
    side(reductions, scale, downOf(part), -1, 'bar-minus'),
  );
}

/** @param {any[]} list @param {{zero: number, unit: number}} scale @param {number} shown @param {1 | -1} way @param {string} kind */
function side(list, scale, shown, way, kind) {
  const whole = sum(list.map((piece) => Math.abs(piece.units)));
  const fit = whole ? shown / whole : 0;
  let at = scale.zero;
  return list.map((piece) => {
    const wide = Math.max(Math.abs(piece.units) * scale.unit * fit, 0);
    const x = way > 0 ? at : at - wide;
    at += way * wide;
    const gap = wide > LEAST ? GAP : 0;
    return s('rect', { class: kind, x: x + gap / 2, y: 8, width: Math.max(wide - gap, 1), height: 28, rx: gap ? Math.min(6, wide / 4) : 0 });
  });
}

/** The sum in one line, exactly: base, what was added and taken, what the range and whole points cut, the score. @param {any} explained */
export function sumLine(explained) {
  const parts = sum(explained.dimensions.map((/** @type {any} */ part) => part.total_units));
  const cuts = -explained.range_cut_units - explained.floor_cut_units;
  const term = (/** @type {string} */ name, /** @type {any} */ value) => h('span', null, h('span', { class: 'sum-name' }, t(name)), h('strong', null, value));
  return h(
    'p',
    { class: 'sum-line' },
    term('picture.base', explained.base_units / POINT),
    term('picture.parts', signedPoints(parts)),
    cuts ? term('picture.cuts', signedPoints(cuts)) : null,
    term('picture.score', explained.score),
  );
}
