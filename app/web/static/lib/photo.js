/** A photograph drawn anew: small enough to send, and without the place and time that a camera writes into its files. */

import { h } from './dom.js';
import { t } from './i18n.js';
import { Problem } from './problem.js';

const QUALITY = 0.9;

/** @param {Blob} file @param {(width: number, height: number) => number} scale how much smaller it is wanted; never larger @returns {Promise<Blob>} */
export async function drawnAnew(file, scale) {
  const picture = await createImageBitmap(file).catch(() => { throw new Problem({ code: 'no-picture', detail: t('scan.noPicture') }); });
  const part = Math.min(1, scale(picture.width, picture.height));
  const canvas = h('canvas', { width: Math.round(picture.width * part), height: Math.round(picture.height * part) });
  canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((done) => { canvas.toBlob(done, 'image/jpeg', QUALITY); });
}
