// Keeps the page of crews on the phone, so that it opens without a network. Of orders it keeps nothing: those the page keeps by itself.
// The build puts in what the page is made of, and a name that changes with it.
const FILES = ['FILES'];
const KEEPS = 'lifeline-phone:SEAL';
const OURS = `${KEEPS.split(':')[0]}:${self.registration.scope}`;
const NAME = `${OURS}:${KEEPS.split(':')[1]}`;

self.addEventListener('install', (e) => {
  // All or nothing: half a page would be worse than the old one.
  const keep = caches
    .open(NAME)
    .then((cache) => cache.addAll(FILES.map((f) => new Request(f, { cache: 'no-cache' }))));
  e.waitUntil(keep.then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
  const forget = caches
    .keys()
    .then((names) =>
      Promise.all(names.filter((n) => n.startsWith(`${OURS}:`) && n !== NAME).map((n) => caches.delete(n))),
    );
  e.waitUntil(forget.then(() => self.clients.claim()));
});

self.addEventListener('fetch', (e) => {
  if (e.request.method !== 'GET') return;
  const url = new URL(e.request.url);
  if (url.origin !== self.location.origin) return;
  // The page itself, whatever stands behind the `?`.
  const isPage = e.request.mode === 'navigate' && url.href.split(/[?#]/)[0] === self.registration.scope;
  const asked = isPage ? new Request('./') : e.request;
  if (!isPage && !FILES.some((f) => new URL(f, self.location).href === url.href)) return;
  e.respondWith(
    caches
      .open(NAME)
      .then((cache) => cache.match(asked))
      .then((kept) => kept ?? fetch(e.request)),
  );
});
