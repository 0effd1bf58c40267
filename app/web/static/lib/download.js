/** Files that a page makes out of what it holds. */

import { h } from './dom.js';

/** Let the browser save a value as a JSON file. @param {string} name @param {any} value */
export function saveJson(name, value) {
  saveFile(name, new Blob([JSON.stringify(value, null, 2)], { type: 'application/json' }));
}

/** Let the browser save a file. @param {string} name @param {Blob} file */
export function saveFile(name, file) {
  const url = URL.createObjectURL(file);
  const link = h('a', { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
