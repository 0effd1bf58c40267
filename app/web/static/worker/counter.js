/**
 * Keeps the page of the counter for when there is no network: its shell and its static files, nothing else. The server
 * puts NAME, SHELL and FILES above this (app/pages/counter_worker.py).
 */

const PATIENCE = 4000;

addEventListener('install', (event) => event.waitUntil(keep()));
addEventListener('activate', (event) => event.waitUntil(tidy()));
addEventListener('fetch', (event) => {
  const { method, url, mode } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== location.origin) return;
  if (mode === 'navigate' && pathname === SHELL) event.respondWith(shell(event.request));
  else if (FILES.includes(pathname)) event.respondWith(file(event.request));
});

async function keep() {
  const cache = await caches.open(NAME);
  await cache.addAll([SHELL, ...FILES]);
  await skipWaiting();
}

async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== NAME && name.startsWith('counter ')).map((name) => caches.delete(name)));
  await clients.claim();
}

/** The page as it is now; as it was kept where no answer comes. */
async function shell(request) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    return (await caches.match(SHELL, { cacheName: NAME })) ?? Response.error();
  }
}

async function file(request) {
  return (await caches.match(request, { cacheName: NAME })) ?? fetch(request);
}
