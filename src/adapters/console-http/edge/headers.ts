import type { FastifyInstance } from 'fastify';

/**
 * What every answer carries. `'self'` and nothing else: no script, style, font or request of a foreign host
 * can run or leave, and no other page can frame ours. (`'self'` covers the WebSocket of the same host, CSP 3.)
 */
const policyOf = (tileHosts: readonly string[]): string =>
  [
    "default-src 'self'",
    // Pictures alone may come from the hosts of a base map that the administrator named: none, unless they did.
    ["img-src 'self' data:", ...tileHosts].join(' '),
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

const NOTHING = 'camera=(), geolocation=(), microphone=()';
/** The page of crews says where they are and takes photographs; no other page may. */
const ON_THE_PHONE = 'camera=(self), geolocation=(self), microphone=()';
const isPhonePage = (url: string): boolean => /^\/m\/?(index\.html)?(\?|$)/.test(url);

/** A year: browsers that have seen it never speak to this host without TLS again. */
const HSTS = 'max-age=31536000';

export function secureHeaders(
  app: FastifyInstance,
  { tls, tileHosts }: { readonly tls: boolean; readonly tileHosts: readonly string[] },
): void {
  const policy = policyOf(tileHosts);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    reply.header('permissions-policy', isPhonePage(request.url) ? ON_THE_PHONE : NOTHING);
    reply.header('content-security-policy', policy);
    if (tls) reply.header('strict-transport-security', HSTS);
    // Readings and alarms are of this moment, and of this operator.
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
}
