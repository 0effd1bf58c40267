/** A browser without scripts: cookies, redirects and plain HTML forms, by fetch. */

const STEPS_MOST = 20;

/**
 * Opens `url` and does what its pages ask, until a redirect leads to `facts.redirect_uri`; returns that URL.
 * Logs in as `facts.login`, agrees where a consent page asks.
 */
export async function walk(url, facts) {
  const cookies = {};
  let step = await open(cookies, new URL(url));
  for (let number = 0; number < STEPS_MOST; number += 1) {
    if (step.location) {
      const next = new URL(step.location, step.url);
      if (next.href.split('?')[0] === facts.redirect_uri) return next;
      step = await open(cookies, next);
    } else {
      const form = formIn(step);
      step = await open(cookies, form.action, { method: 'POST', body: new URLSearchParams({ ...form.fields, ...answers(form, facts) }) });
    }
  }
  throw new Error(`no way on from ${step.url}`);
}

async function open(cookies, url, options = {}) {
  const jar = (cookies[url.origin] ??= new Map());
  const headers = { cookie: [...jar].map((pair) => pair.join('=')).join('; '), 'accept-language': 'en' };
  const answer = await fetch(url, { ...options, headers, redirect: 'manual' });
  for (const cookie of answer.headers.getSetCookie()) jar.set(...cookie.split(';')[0].split(/=(.*)/s, 2));
  return { url, status: answer.status, location: answer.headers.get('location'), html: await answer.text() };
}

function formIn({ url, status, html }) {
  const [, attributes, inside] = /<form([^>]*)>(.*?)<\/form>/s.exec(html) ?? [];
  if (inside === undefined) throw new Error(`${status} without a form at ${url.pathname}: ${html.slice(0, 2000)}`);
  const inputs = [...inside.matchAll(/<(?:input|button)([^>]*)>/g)].map(([, text]) => attributesIn(text));
  const kept = inputs.filter((input) => input.name && (!['radio', 'checkbox'].includes(input.type) || 'checked' in input));
  const fields = Object.fromEntries(kept.filter((input) => input.type !== 'submit').map((input) => [input.name, input.value ?? '']));
  return { action: new URL(attributesIn(attributes).action || url, url), fields, names: inputs.map((input) => input.name) };
}

const attributesIn = (text) => Object.fromEntries([...text.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name, (value ?? '').replaceAll('&amp;', '&')]));

function answers({ names }, facts) {
  if (names.includes('password')) return { login: facts.login, password: facts.password };
  return names.includes('decision') ? { decision: 'allow' } : {};
}
