/** The language switch: a button of our own pages, and those that the server rendered. */

import { h } from './dom.js';
import { chooseLanguage, language } from './i18n.js';

/** @param {'zh' | 'en'} wanted */
function turn(wanted) {
  chooseLanguage(wanted);
  location.reload();
}

/** A button that names the other language in itself. */
export function languageButton() {
  const other = language() === 'zh' ? 'en' : 'zh';
  return h(
    'button',
    { type: 'button', class: 'icon-button language', lang: other === 'en' ? 'en' : 'zh-CN', onclick: () => turn(other) },
    other === 'en' ? 'English' : '中文',
  );
}

for (const button of document.querySelectorAll('button[data-language]')) {
  button.removeAttribute('hidden');
  button.addEventListener('click', () => turn(button.getAttribute('data-language') === 'en' ? 'en' : 'zh'));
}
