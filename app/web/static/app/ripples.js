/** What our surfaces carry: rings on water. There is nothing to read in them. */

import { s } from '../lib/dom.js';

const RADII = [46, 84, 124, 166, 210, 256, 304];

/** The rings, fading outwards. */
export const ripples = () => s(
  'svg',
  { class: 'ripples', viewBox: '0 0 400 300', preserveAspectRatio: 'xMaxYMin slice', 'aria-hidden': 'true' },
  RADII.map((r, n) => s('circle', { cx: 318, cy: 92, r, opacity: 0.2 - n * 0.022 })),
);
