/** Elements without markup in strings: what a person wrote can never become a part of the page. */

const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {Node | string | number | null | undefined | false | Child[]} Child */

/**
 * An HTML element. Attributes that are null or false are left out, functions become listeners (`onclick`).
 * @param {string} tag
 * @param {Record<string, any> | null} [attributes]
 * @param {...Child} children
 * @returns {any}
 */
export function h(tag, attributes, ...children) {
  return dressed(document.createElement(tag), attributes, children);
}

/**
 * An SVG element; as `h`.
 * @param {string} tag
 * @param {Record<string, any> | null} [attributes]
 * @param {...Child} children
 * @returns {any}
 */
export function s(tag, attributes, ...children) {
  return dressed(document.createElementNS(SVG, tag), attributes, children);
}

/** @param {Element} element @param {Record<string, any> | null | undefined} attributes @param {Child[]} children */
function dressed(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  return fill(element, ...children);
}

/**
 * Put children at the end of an element.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  for (const child of /** @type {any[]} */ (children).flat(9)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/**
 * Replace all that an element holds.
 * @param {Element} element
 * @param {...Child} children
 */
export function refill(element, ...children) {
  element.replaceChildren();
  return fill(element, ...children);
}

/**
 * Wait.
 * @param {number} milliseconds
 * @returns {Promise<void>}
 */
export const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
