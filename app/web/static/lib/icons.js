/** Icons: lines on a grid of 24. */

import { s } from './dom.js';

/** @type {Record<string, string>} */
const PATHS = {
  home: 'M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-5v-6h-4v6H5a1 1 0 0 1-1-1z',
  grid: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  code: 'M4 9V5a1 1 0 0 1 1-1h4M15 4h4a1 1 0 0 1 1 1v4M20 15v4a1 1 0 0 1-1 1h-4M9 20H5a1 1 0 0 1-1-1v-4M8 8h3v3H8zM13 8h3v3h-3zM8 13h3v3H8zM14 14h2v2h-2z',
  list: 'M6 3h12a1 1 0 0 1 1 1v17l-3.5-2-3.5 2-3.5-2L5 21V4a1 1 0 0 1 1-1zM9 8h6M9 12h6',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5',
  bell: 'M6 10a6 6 0 1 1 12 0c0 5 2 6 2 7H4c0-1 2-2 2-7zM10 20.5a2.2 2.2 0 0 0 4 0',
  back: 'M15 5l-7 7 7 7',
  chevron: 'M9 5l7 7-7 7',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  camera: 'M4 8h3.5L9 5.5h6L16.5 8H20a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  card: 'M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1zM8 13.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM5.5 16c.4-1.2 1.3-1.8 2.5-1.8s2.1.6 2.5 1.8M14 10h4M14 14h3',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  key: 'M8.5 19.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM11.7 11.8L19.5 4M16 7.5l3 3M13.5 10l2 2',
  phone: 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2',
  leave: 'M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h8M10.5 12H20M16.5 8.5L20 12l-3.5 3.5',
  chart: 'M5 20V10M12 20V4M19 20v-7',
  swap: 'M7 4L3.5 7.5 7 11M4 7.5h13M17 13l3.5 3.5L17 20M20 16.5H7',
  book: 'M5 4h6a2 2 0 0 1 1 1 2 2 0 0 1 1-1h6v15h-6a2 2 0 0 0-1 1 2 2 0 0 0-1-1H5zM12 5v15',
  bus: 'M5 5h14a1 1 0 0 1 1 1v11H4V6a1 1 0 0 1 1-1zM4 12h16M7 17v2.5M17 17v2.5M8 14.6h.01M16 14.6h.01',
  heart: 'M12 20S4 15 4 9.3A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.3C20 15 12 20 12 20z',
  bike: 'M6 18.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM18 18.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM6 15l3-7h6l3 7M8 10.5h7.5L12 15H6M15 8V6h2',
  star: 'M12 4l2.4 5.1 5.6.7-4.1 3.8 1.1 5.5-5-2.7-5 2.7 1.1-5.5L4 9.8l5.6-.7z',
  clock: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2',
  printer: 'M7 9V4h10v5M7 17H5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h14a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-2M7 14h10v6H7z',
  waves: 'M4 10a12 12 0 0 1 16 0M7 13.5a7.5 7.5 0 0 1 10 0M10 17a3 3 0 0 1 4 0M12 20h.01',
  bed: 'M3 19V6M3 16h18v3M21 16v-3a3 3 0 0 0-3-3h-7v6M7 12.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z',
  parcel: 'M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9',
  ticket: 'M4 7h16v3.5a1.5 1.5 0 0 0 0 3V17H4v-3.5a1.5 1.5 0 0 0 0-3zM14 7v10',
  car: 'M5 12l1.8-5h10.4L19 12M4 12h16v5H4zM6.5 17v2M17.5 17v2M7 14.5h.01M17 14.5h.01',
  boat: 'M4 14h16l-2.5 5h-11zM7 14V9h10v5M12 9V5',
  gift: 'M4 10h16v3H4zM5.5 13h13v7h-13zM12 10v10M12 10c-4 0-5-5-2-5 2 0 2 3 2 5zM12 10c4 0 5-5 2-5-2 0-2 3-2 5z',
  bag: 'M6 8h12l1 12H5zM9 8a3 3 0 0 1 6 0',
  paper: 'M7 3h7l4 4v14H7zM14 3v4h4M10 14l1.8 1.8 3.2-3.6',
  leaf: 'M5 19C5 10 10 5 19 5c0 9-5 14-14 14zM5 19l8-8',
  pin: 'M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  ball: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM5.5 7c4 2 9 2 13 0M5.5 17c4-2 9-2 13 0M12 3.5v17',
  shield: 'M12 3.5l7 2.5v5.5c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6z',
};

/** Icon of each scenario family. @type {Record<string, string>} */
const FAMILIES = {
  approval: 'paper', bikes: 'bike', broadband: 'waves', campus: 'ball', delivery: 'parcel', ferry: 'boat', gardens: 'leaf',
  gifts: 'gift', housing: 'home', library: 'book', medical: 'heart', office: 'printer', parking: 'car', rent: 'key',
  shops: 'bag', stays: 'bed', tours: 'ticket', transit: 'bus',
};

/** @param {string} name @param {string} [className] */
export function icon(name, className) {
  return s(
    'svg',
    {
      viewBox: '0 0 24 24', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linecap': 'round',
      'stroke-linejoin': 'round', 'aria-hidden': 'true', class: className,
    },
    s('path', { d: PATHS[name] ?? PATHS.shield }),
  );
}

/** @param {string} family */
export const familyIcon = (family) => icon(FAMILIES[family] ?? 'shield');

/** Our mark. */
export const brand = () => s(
  'svg',
  { viewBox: '0 0 64 64', 'aria-hidden': 'true', class: 'brand-mark' },
  s('rect', { width: 64, height: 64, rx: 17, fill: '#0e6655' }),
  s(
    'g',
    { fill: 'none', 'stroke-linecap': 'round', 'stroke-width': 5.5 },
    s('path', { d: 'M30 18.6A15.5 15.5 0 1 0 45.4 34', stroke: '#fff' }),
    s('path', { d: 'M43.5 13v15M36 20.5h15', stroke: '#a9dccd' }),
  ),
);
