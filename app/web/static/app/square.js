/**
 * Where this phone is, no closer than a square of about a hundred metres: the very squares of the server
 * (app/domain/shake.py), so that nothing closer leaves the phone.
 */

const CELL_METRES = 105;
const EARTH_METRES = 6371008.8;
const LEAST_COSINE = 0.01;
const WAIT_MS = 10000;
const FRESH_MS = 60000;

/** @param {number} degrees */
const radians = (degrees) => (degrees * Math.PI) / 180;
const STEP = CELL_METRES / (EARTH_METRES * radians(1));
/** @param {number} degrees */
const sixDigits = (degrees) => Math.round(degrees * 1e6) / 1e6;

/** The middle of the square that holds a point (WGS-84). @param {number} latitude @param {number} longitude */
export function square(latitude, longitude) {
  const middle = (Math.floor(latitude / STEP) + 0.5) * STEP;
  const step = STEP / Math.max(Math.cos(radians(Math.floor(middle))), LEAST_COSINE);
  return { latitude: sixDigits(middle), longitude: sixDigits((Math.floor(longitude / step) + 0.5) * step) };
}

/**
 * The square that the phone is in; rejects where the person or the phone does not tell.
 * @returns {Promise<{latitude: number, longitude: number}>}
 */
export function whereabouts() {
  return new Promise((found, refused) => {
    if (!navigator.geolocation) refused(new Error('no geolocation'));
    else navigator.geolocation.getCurrentPosition(({ coords }) => found(square(coords.latitude, coords.longitude)), refused, { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: FRESH_MS });
  });
}
