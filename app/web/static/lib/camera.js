/** Scanning a code: live where the browser reads codes itself, else by a photograph that the server reads and forgets. */

import { h, pause } from './dom.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { drawnAnew } from './photo.js';
import { Problem } from './problem.js';
import { busy, sheet, tell } from './ui.js';

const EVERY = 150;
const SIDE = 2000;

/**
 * A button that scans a QR code and gives its text; null where this browser can neither scan nor ask the server to.
 * A problem of `onText` is shown below the button.
 * @param {import('./http.js').Api | null} api who reads photographs; null: nobody
 * @param {string} path where photographs are read, such as `/citizen/v1/code-pictures`
 * @param {(text: string) => any} onText
 * @returns {HTMLElement | null}
 */
export function scanButton(api, path, onText) {
  if (!api && !canScan()) return null;
  const scan = h('button', { type: 'button', class: 'button button-quiet' }, icon('camera'), t('scan.button'));
  const place = h('div', { class: 'problem-place' });
  const photo = api && h('input', { type: 'file', accept: 'image/*', capture: 'environment', hidden: true, 'aria-label': t('scan.photo') });
  let camera = canScan();
  const take = async () => {
    const live = camera && (await scanned(Boolean(photo)));
    camera = camera && live !== undefined;
    if (live) await onText(live);
    else if (photo && live !== null) photo.click();
  };
  scan.addEventListener('click', () => busy(scan, take, place));
  photo?.addEventListener('change', () => {
    const [file] = photo.files;
    photo.value = '';
    if (file) busy(scan, async () => onText(await read(/** @type {any} */ (api), path, file)), place);
  });
  return h('div', { class: 'scan' }, scan, photo, !camera && h('p', { class: 'hint' }, t('scan.photo.hint')), place);
}

const canScan = () => 'BarcodeDetector' in globalThis && Boolean(navigator.mediaDevices?.getUserMedia);

/**
 * The text of the first code before the camera; null: closed by the person; undefined: no camera, or a photo is wanted.
 * The camera is off before this ends.
 * @param {boolean} orPhoto whether a photograph is another way
 * @returns {Promise<string | null | undefined>}
 */
async function scanned(orPhoto) {
  const page = location.href;
  const stream = await opened(orPhoto);
  if (!stream) return undefined;
  if (location.href !== page) return stop(stream);
  /** @type {string | null | undefined} */
  let found = null;
  const video = h('video', { class: 'scan-video', playsinline: true, muted: true });
  const other = orPhoto && h('button', { type: 'button', class: 'button button-quiet', onclick: () => { found = undefined; dialog.close(); } }, t('scan.photo'));
  const dialog = sheet(t('scan.title'), h('p', { class: 'soft small' }, t('scan.lead')), video, other);
  const over = new AbortController();
  const leave = () => dialog.close();
  dialog.addEventListener('close', () => over.abort());
  for (const event of ['hashchange', 'pagehide']) addEventListener(event, leave, { signal: over.signal });
  document.addEventListener('visibilitychange', leave, { signal: over.signal });
  try {
    video.srcObject = stream;
    await video.play().catch(() => undefined);
    const text = await watched(video, over.signal);
    if (text) found = text;
  } finally {
    stop(stream);
    video.srcObject = null;
    dialog.close();
  }
  if (found) tell(t('scan.done'));
  return found;
}

/** @param {MediaStream} stream */
function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
  return null;
}

/** The camera at the back; undefined where there is none or the person said no, if there is another way. @param {boolean} orPhoto */
async function opened(orPhoto) {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 1280 } } });
  } catch {
    if (orPhoto) return undefined;
    throw new Problem({ code: 'no-camera', detail: t('scan.noCamera') });
  }
}

/** @param {HTMLVideoElement} video @param {AbortSignal} signal @returns {Promise<string | null>} */
async function watched(video, signal) {
  const detector = new /** @type {any} */ (globalThis).BarcodeDetector({ formats: ['qr_code'] });
  while (!signal.aborted) {
    const codes = await detector.detect(video).catch(() => []);
    const text = codes.find((/** @type {any} */ code) => code.rawValue)?.rawValue;
    if (text) return text;
    await pause(EVERY);
  }
  return null;
}

/** What the server reads from a photograph. @param {import('./http.js').Api} api @param {string} path @param {File} file */
async function read(api, path, file) {
  const { texts } = await api.post(path, await drawnAnew(file, (width, height) => SIDE / Math.max(width, height)));
  if (!texts.length) throw new Problem({ code: 'no-code', detail: t('scan.none') });
  tell(t('scan.done'));
  return texts[0];
}
