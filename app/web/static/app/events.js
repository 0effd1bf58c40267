/** What happens while a page is open, such as an order for me while I show my code. */

import { serverNow } from '../lib/clock.js';
import { pause } from '../lib/dom.js';

const EVERY = 2500;

/**
 * Call `happened` for each event that comes while the present view is open, oldest first. A line that breaks is not
 * told here: the page's own calls tell it.
 * @param {import('./main.js').App} app
 * @param {(event: any) => void} happened
 */
export async function watch(app, happened) {
  const signal = app.stage.signal;
  const since = serverNow() - EVERY;
  const seen = new Set();
  while (!signal.aborted) {
    await pause(EVERY);
    if (signal.aborted) return;
    if (document.hidden) continue;
    const page = await app.api.get('/citizen/v1/events?limit=5').catch(() => ({ data: [] }));
    const fresh = page.data.filter((/** @type {any} */ event) => Date.parse(event.at) > since && !seen.has(event.id));
    for (const event of fresh.toReversed()) {
      seen.add(event.id);
      if (!signal.aborted) happened(event);
    }
  }
}
