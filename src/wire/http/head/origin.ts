/** Headers as Node gives them. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export const SESSION_COOKIE = 'lifeline_session';

const TOKEN = /^[\w.~+/=-]{8,256}$/;

/** Where a request's session token came from: the cookie is sent by a browser on its own, a bearer is not. */
export type Presented = { readonly token: string; readonly by: 'cookie' | 'bearer' };

/**
 * `Authorization: Bearer` before the cookie; anything that cannot be a token is no token. Of two different cookies neither
 * counts: one was put there by somebody else, such as a page below our own domain, to have us take them for the person.
 */
export function presented(headers: Headers): Presented | null {
  const bearer = /^Bearer +(\S+)$/i.exec(single(headers.authorization) ?? '')?.[1];
  if (bearer !== undefined) return TOKEN.test(bearer) ? { token: bearer, by: 'bearer' } : null;
  const tokens = new Set<string>();
  for (const pair of (single(headers.cookie) ?? '').split(';')) {
    const eq = pair.indexOf('=');
    if (pair.slice(0, eq).trim() === SESSION_COOKIE) tokens.add(pair.slice(eq + 1).trim());
  }
  const [token = '', ...others] = tokens;
  return others.length === 0 && TOKEN.test(token) ? { token, by: 'cookie' } : null;
}

/** True of a request that shows nothing at all by which somebody could be known, not even something false. */
export function showsNothing(headers: Headers): boolean {
  if (single(headers.authorization) !== undefined) return false;
  const cookies = (single(headers.cookie) ?? '').split(';');
  return !cookies.some((pair) => pair.split('=', 1)[0]?.trim() === SESSION_COOKIE);
}

/**
 * True when the request was not sent by another site's page. A browser names the page in `Origin` on
 * everything that changes state and on every WebSocket; a program that names nothing is no browser. That the page
 * is of the host that was asked says little where a stranger may let their own name point to us (DNS rebinding): over
 * plain HTTP the name must be one that they cannot own. Over TLS they lack the certificate.
 *
 * @param trusted origins beside our own, e.g. `https://watch.example.gov.cn` of a proxy before us
 */
export function fromOurPages(headers: Headers, trusted: readonly string[]): boolean {
  const origin = single(headers.origin);
  if (origin !== undefined) {
    if (trusted.includes(origin)) return true;
    const [, scheme, host] = /^(https?):\/\/([^/]+)$/.exec(origin) ?? [];
    if (host === undefined || host !== single(headers.host)) return false;
    return scheme === 'https' || isNobodysName(host);
  }
  const site = single(headers['sec-fetch-site']);
  return site === undefined || site === 'same-origin' || site === 'none';
}

/** An address, this machine, or a name that only a local network can answer for: nobody can buy it. */
function isNobodysName(host: string): boolean {
  const name = URL.parse(`http://${host}`)?.hostname ?? '.';
  return ADDRESS.test(name) || !name.includes('.') || LOCAL.test(name);
}

/** As the parser of URLs writes it: no name can end in a number. */
const ADDRESS = /^(\d+(\.\d+){3}|\[[\da-f:.]+\])$/;
/** Reserved: RFC 6761, RFC 6762, RFC 8375, and ICANN's resolution of 2024 on `internal`. */
const LOCAL = /\.(localhost|local|internal|home\.arpa)$/;

function single(h: string | readonly string[] | undefined): string | undefined {
  return typeof h === 'string' ? h : h?.[0];
}
