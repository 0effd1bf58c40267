/** The language switch of the pages that the server renders. */

import { chooseLanguage } from './i18n.js';

for (const button of document.querySelectorAll('button[data-language]')) {
  button.removeAttribute('hidden');
  button.addEventListener('click', () => {
    chooseLanguage(button.getAttribute('data-language') === 'en' ? 'en' : 'zh');
    location.reload();
  });
}
