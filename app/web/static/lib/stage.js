/** One page after the other: the hash names the view, the stage shows it, waits for it, or says why it cannot. */

import { h, refill } from './dom.js';
import { t } from './i18n.js';
import { button, problemNotice, tell } from './ui.js';

const SOON = 250;

/**
 * @typedef {object} Page
 * @property {string} title
 * @property {import('./dom.js').Child[]} body
 * @property {import('./dom.js').Child} [head] what stands above the body instead of a plain title
 * @property {string} [back] where the arrow leads
 * @property {string} [tab] the tab that is current
 * @property {boolean} [bare] without tabs
 */

/** @typedef {(...parameters: string[]) => Page | Promise<Page>} View */

export class Stage {
  /**
   * @param {HTMLElement} place
   * @param {Record<string, View>} views by their first word
   * @param {string} first the view where the hash names none
   * @param {(page: Page) => import('./dom.js').Child[]} frame
   */
  constructor(place, views, first, frame) {
    this.place = place;
    this.views = views;
    this.first = first;
    this.frame = frame;
    this.turn = 0;
    /** @type {AbortController} */
    this.leaving = new AbortController();
    /** @type {(problem: any) => boolean} whether somebody else deals with it */
    this.onproblem = () => false;
    addEventListener('hashchange', () => this.show());
    place.addEventListener('click', (event) => this.touched(event));
  }

  /** Aborted when the view that is open now is left: for timers and polls. */
  get signal() { return this.leaving.signal; }

  /** A link to the page that the hash names already: no hash changes, so show it afresh. @param {Event} event */
  touched(event) {
    const link = event.target instanceof Element && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute('href') === location.hash) this.show();
  }

  /** Show what the hash names. */
  async show() {
    const { view, parameters } = this.named();
    await this.open(view, parameters);
  }

  /** The view that the hash names, and what it is given. @returns {{view: View, parameters: string[]}} */
  named() {
    const [name, ...parameters] = location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent);
    return { view: this.views[name] ?? this.views[this.first], parameters };
  }

  /** Show the same view again, because something changed. */
  async again() { await this.show(); }

  /** @param {string} hash */
  go(hash) {
    if (location.hash === hash) this.show();
    else location.hash = hash;
  }

  /** @param {View} view @param {string[]} parameters */
  async open(view, parameters) {
    this.turn += 1;
    const turn = this.turn;
    this.leaving.abort();
    this.leaving = new AbortController();
    const waiting = setTimeout(() => { if (turn === this.turn) this.place.setAttribute('aria-busy', 'true'); }, SOON);
    const page = await this.pageOf(view, parameters);
    clearTimeout(waiting);
    if (turn !== this.turn || !page) return;
    this.place.removeAttribute('aria-busy');
    this.draw(page, `${location.hash} ${page.title}`);
  }

  /** @param {View} view @param {string[]} parameters @returns {Promise<Page | null>} */
  async pageOf(view, parameters) {
    try {
      return await view(...parameters);
    } catch (problem) {
      if (this.onproblem(problem)) return null;
      const retry = button(t('retry'), () => this.show(), { kind: 'button-quiet' });
      return { title: t('problem.title'), back: '#/', body: [problemNotice(problem), h('div', { class: 'section' }, retry)] };
    }
  }

  /** @param {Page} page @param {string} name what tells this page from others */
  draw(page, name) {
    const same = this.shown === name;
    const [x, y] = [scrollX, scrollY];
    document.title = `${page.title} · ${t('product')}`;
    const held = same ? document.activeElement?.getAttribute('name') : null;
    refill(this.place, ...this.frame(page));
    if (held) /** @type {HTMLElement | null} */ (this.place.querySelector(`[name="${CSS.escape(held)}"]`))?.focus({ preventScroll: true });
    scrollTo(same ? x : 0, same ? y : 0);
    if (!same && this.shown !== undefined) this.arrive(page.title);
    this.shown = name;
  }

  /** Put the reader of a screen at the start of the new page. @param {string} title */
  arrive(title) {
    const main = /** @type {HTMLElement | null} */ (this.place.querySelector('main'));
    main?.focus({ preventScroll: true });
    tell(title);
  }
}
