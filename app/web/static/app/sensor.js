/**
 * Is this phone being shaken on purpose? Thresholds: 网络安全标准实践指南 — 摇一摇 (2025), as a benchmark against sharing by
 * accident: at least 15 m/s², more than 35° of turn, for more than 3 s, and nothing while walking, riding or falling.
 *
 * Shaking goes to and fro: only strong movements against the one before count, soon after each other. Steps, potholes
 * and a fall are strong in one direction, or once. Nothing that a sensor says leaves this file but yes or no.
 */

export const STRONG = 15;
export const TURN = 35;
export const LAST_MS = 3000;
const GRAVITY = 9.81;
const PAUSE_MS = 500;
const GAP_MS = 250;

/** @typedef {{x: number | null, y: number | null, z: number | null}} Vector */
/** @typedef {{alpha: number | null, beta: number | null, gamma: number | null}} Turning degrees a second */

/**
 * One reading, as `devicemotion` gives it.
 * @typedef {object} Sample
 * @property {number} at milliseconds
 * @property {Vector | null} [acceleration] without gravity, m/s²
 * @property {Vector | null} [accelerationIncludingGravity]
 * @property {Turning | null} [rotationRate]
 */

/** A detector: give it samples as they come; it says true once for each deliberate shake. */
export function shakeDetector() {
  /** @type {{since: number, last: number, pushed: number[], turns: Turns} | null} */
  let running = null;
  /** @type {number | null} */
  let before = null;
  return (/** @type {Sample} */ sample) => {
    const seconds = before === null ? 0 : Math.min(Math.max(sample.at - before, 0), GAP_MS) / 1000;
    before = sample.at;
    if (running && sample.at - running.last > PAUSE_MS) running = null;
    running?.turns.add(sample.rotationRate, seconds);
    const push = strongPush(sample);
    if (!push) return false;
    if (!running) {
      running = { since: sample.at, last: sample.at, pushed: push, turns: new Turns() };
      return false;
    }
    if (dot(push, running.pushed) >= 0) return false;
    Object.assign(running, { last: sample.at, pushed: push });
    if (sample.at - running.since <= LAST_MS || running.turns.widest() <= TURN) return false;
    running = null;
    return true;
  };
}

/** How far the phone has turned to and fro about each of its axes, in degrees. */
class Turns {
  constructor() {
    this.angle = [0, 0, 0];
    this.least = [0, 0, 0];
    this.most = [0, 0, 0];
  }

  /** @param {Turning | null | undefined} rate @param {number} seconds */
  add(rate, seconds) {
    [rate?.alpha, rate?.beta, rate?.gamma].forEach((degrees, axis) => {
      this.angle[axis] += (Number.isFinite(degrees) ? Number(degrees) : 0) * seconds;
      this.least[axis] = Math.min(this.least[axis], this.angle[axis]);
      this.most[axis] = Math.max(this.most[axis], this.angle[axis]);
    });
  }

  widest() { return Math.max(...this.most.map((most, axis) => most - this.least[axis])); }
}

/** The movement of a sample where it is strong, else null. @param {Sample} sample */
function strongPush(sample) {
  const plain = numbers(sample.acceleration);
  if (plain) return size(plain) >= STRONG ? plain : null;
  const heavy = numbers(sample.accelerationIncludingGravity);
  return heavy && Math.abs(size(heavy) - GRAVITY) >= STRONG ? heavy : null;
}

/** @param {Vector | null | undefined} vector @returns {number[] | null} */
function numbers(vector) {
  const found = [vector?.x, vector?.y, vector?.z];
  return found.every(Number.isFinite) ? /** @type {number[]} */ (found) : null;
}

/** @param {number[]} vector */
const size = (vector) => Math.hypot(...vector);
/** @param {number[]} one @param {number[]} other */
const dot = (one, other) => one.reduce((sum, part, axis) => sum + part * other[axis], 0);

/**
 * Ask for the sensor where the phone wants to be asked, which must be in answer to a tap; false where it is refused or
 * there is none.
 * @returns {Promise<boolean>}
 */
export async function mayListen() {
  const kind = /** @type {any} */ (globalThis.DeviceMotionEvent);
  if (!kind) return false;
  if (typeof kind.requestPermission !== 'function') return true;
  return (await kind.requestPermission().catch(() => 'denied')) === 'granted';
}

/** Call `shaken` at each deliberate shake until `signal` says stop. @param {() => void} shaken @param {AbortSignal} signal */
export function listen(shaken, signal) {
  const isShake = shakeDetector();
  addEventListener('devicemotion', (event) => {
    const { acceleration, accelerationIncludingGravity, rotationRate } = event;
    if (isShake({ at: event.timeStamp, acceleration, accelerationIncludingGravity, rotationRate })) shaken();
  }, { signal });
}
