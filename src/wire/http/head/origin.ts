import type { Bilingual } from '../../../domain/text.ts';

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

/**
 * What would make it ours, where somebody may have opened our own page: by a name that we do not know, or through a proxy that
 * asks us by another one. `null` where no page is named.
 */
export function whyForeign(headers: Headers): Bilingual | null {
  const origin = single(headers.origin);
  const host = single(headers.host);
  if (origin === undefined || host === undefined || !ORIGIN.test(origin)) return null;
  if (origin === `http://${host}`)
    return {
      zh: `此域名未登记：请用 IP 地址或 HTTPS 访问，或由管理员配置 LIFELINE_TRUSTED_ORIGINS=${origin}`,
      en: `This name is not known here: use the IP address or HTTPS, or have LIFELINE_TRUSTED_ORIGINS=${origin} configured.`,
    };
  return {
    zh: `页面来自 ${origin}，请求却发往 ${host}：如在反向代理之后，请让代理传递原 Host（nginx：proxy_set_header Host $http_host;），或配置 LIFELINE_TRUSTED_ORIGINS=${origin}`,
    en: `The page is of ${origin}, but ${host} was asked: behind a proxy, let it pass the Host on (nginx: proxy_set_header Host $http_host;), or have LIFELINE_TRUSTED_ORIGINS=${origin} configured.`,
  };
}

/** What a log says of it: mostly it is our own page, behind a proxy that asks us by another name. */
export function foreignInLog(
  headers: Headers,
): { readonly msg: string; readonly fields: { readonly origin: string; readonly help: string } } | null {
  const help = whyForeign(headers)?.en;
  if (help === undefined) return null;
  const msg = "a request of another site's page was refused";
  return { msg, fields: { origin: String(single(headers.origin)), help } };
}
/** Different ones that are told of. */
export const FOREIGN_TOLD = 50;

const ORIGIN = /^https?:\/\/[\w.:[\]-]{1,200}$/;

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
