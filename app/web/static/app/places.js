/** The merchant map: where a benefit is accepted. It is drawn from the places alone, and never asks where the phone is. */

import { h, s } from '../lib/dom.js';
import { t } from '../lib/i18n.js';
import { icon } from '../lib/icons.js';
import { card, empty, list, rowLink, section } from '../lib/ui.js';

const SIDE = 320;
const MARGIN = 24;
const LEAST_DEGREES = 0.02;

/** @param {import('./main.js').App} app */
export function placeViews(app) {
  return { places: (/** @type {string} */ code, /** @type {string} */ near) => places(app, code, near) };
}

/** @param {import('./main.js').App} app @param {string} [code] @param {string} [near] latitude,longitude */
async function places(app, code, near) {
  const which = code && code !== 'all' ? `&scenario=${encodeURIComponent(code)}` : '';
  const [everywhere, found] = await Promise.all([
    app.api.get(`/citizen/v1/places?limit=100${which}`),
    near ? app.api.get(`/citizen/v1/places?limit=100&within=100${which}&near=${encodeURIComponent(near)}`) : null,
  ]);
  const go = (/** @type {string} */ point) => app.stage.go(`#/places/${code || 'all'}/${point}`);
  const shown = (found ?? everywhere).data;
  return {
    title: t('places.title'),
    tab: 'scenarios',
    back: which ? `#/scenario/${code}` : '#/scenarios',
    body: everywhere.data.length
      ? [h('p', { class: 'small soft lead' }, t('places.lead')), card(sketch(everywhere.data, near, go)), section(null, list(shown.map((/** @type {any} */ place) => row(place, go))))]
      : [empty('pin', t('places.none'))],
  };
}

/** @param {any} place @param {(point: string) => void} go */
function row(place, go) {
  const services = place.scenarios.map((/** @type {any} */ scenario) => scenario.name).join(t('comma'));
  const lines = [services, `${place.address} · ${place.opening}`, place.distance === undefined ? null : far(place.distance)];
  return rowLink({
    onclick: () => go(pointOf(place.latitude, place.longitude)),
    icon: icon('pin'),
    title: `${place.name} · ${place.partner}`,
    text: h('span', { class: 'item-body' }, lines.filter(Boolean).map((line) => h('span', null, line))),
  });
}

/** @param {number} metres */
const far = (metres) => (metres < 1000 ? t('places.metres', { n: Math.round(metres / 100) * 100 }) : t('places.km', { n: (metres / 1000).toFixed(1) }));

/** About a kilometre, and no more exact. @param {number} latitude @param {number} longitude */
const pointOf = (latitude, longitude) => `${latitude.toFixed(2)},${longitude.toFixed(2)}`;

/**
 * Dots where the places are; a touch anywhere asks what is near there.
 * @param {any[]} found @param {string | undefined} near @param {(point: string) => void} go
 */
function sketch(found, near, go) {
  const frame = frameOf(found);
  const dots = found.map((place) => s('circle', { cx: frame.x(place.longitude), cy: frame.y(place.latitude), r: 5, class: 'sketch-dot' }));
  const drawing = s('svg', { viewBox: `0 0 ${SIDE} ${SIDE}`, class: 'sketch', role: 'img', 'aria-label': t('places.map', { n: found.length }) }, grid(), ...dots, near ? here(frame, near) : null);
  drawing.addEventListener('click', (/** @type {any} */ event) => {
    const box = drawing.getBoundingClientRect();
    go(frame.point(((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE));
  });
  return drawing;
}

/** How degrees become places on the sketch, and back: a square around all of it, as wide as it is high on the ground. @param {any[]} found */
function frameOf(found) {
  const latitudes = found.map((place) => place.latitude);
  const longitudes = found.map((place) => place.longitude);
  const middle = { latitude: half(latitudes), longitude: half(longitudes) };
  const narrow = Math.cos((middle.latitude * Math.PI) / 180);
  const degrees = Math.max(width(latitudes), width(longitudes) * narrow, LEAST_DEGREES);
  const scale = (SIDE - 2 * MARGIN) / degrees;
  return {
    x: (/** @type {number} */ longitude) => SIDE / 2 + (longitude - middle.longitude) * narrow * scale,
    y: (/** @type {number} */ latitude) => SIDE / 2 - (latitude - middle.latitude) * scale,
    point: (/** @type {number} */ x, /** @type {number} */ y) => pointOf(middle.latitude - (y - SIDE / 2) / scale, middle.longitude + (x - SIDE / 2) / scale / narrow),
  };
}

/** @param {number[]} numbers */
const half = (numbers) => (Math.min(...numbers) + Math.max(...numbers)) / 2;
/** @param {number[]} numbers */
const width = (numbers) => Math.max(...numbers) - Math.min(...numbers);

function grid() {
  const lines = [1, 2, 3].map((step) => (step * SIDE) / 4);
  return s('path', { class: 'sketch-grid', d: lines.map((at) => `M${at} 0V${SIDE}M0 ${at}H${SIDE}`).join('') });
}

/** @param {ReturnType<typeof frameOf>} frame @param {string} near */
function here(frame, near) {
  const [latitude, longitude] = near.split(',').map(Number);
  return s('circle', { cx: frame.x(longitude), cy: frame.y(latitude), r: 9, class: 'sketch-here' });
}
