import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditEntry, AuditValue } from '../../flow/ports/audit.ts';

/** An entry as it lies in the file: `body` is JSON with `n` in it, and `seal` covers it and the seal before it. */
export type ChainLink = {
  readonly n: number;
  readonly body: string;
  readonly prev: string;
  readonly seal: string;
};

/** The seal before the first entry of all. */
export const GENESIS = 'genesis';

/** A journal that takes a novel for a field would be one that anybody can fill. */
const TEXT_AT_MOST = 2_000;
const BODY_AT_MOST = 16_000;
const SECRET = /pass(word|wd)|secret|token|totp|credential|recovery|onetimecode|^(old|next|otp|key)$/i;

/** The keyed hash of an entry: who cannot read the key file can neither write an entry nor change one unseen. */
export function sealOf(key: Uint8Array, prev: string, body: string): string {
  return createHmac('sha256', key).update(prev).update('\n').update(body).digest('base64url');
}

export function isSealed(key: Uint8Array, link: ChainLink): boolean {
  const right = Buffer.from(sealOf(key, link.prev, link.body));
  const given = Buffer.from(link.seal);
  return right.length === given.length && timingSafeEqual(right, given);
}

/**
 * What is kept of an entry, as JSON: made before it waits for the disk, so that a stranger's 64 kB wait as 16, and so
 * that no entry, however odd, can be what the thread or the file chokes on: it would stand before all that follow.
 */
export function textOf(e: AuditEntry): string {
  const kept = {
    at: e.at,
    who: short(e.who),
    from: short(e.from),
    what: e.what,
    object: short(e.object),
    outcome: e.outcome,
    ...(e.why === undefined ? {} : { why: short(e.why) }),
    ...(e.before === undefined ? {} : { before: masked(e.before) }),
    ...(e.after === undefined ? {} : { after: masked(e.after) }),
  };
  const text = JSON.stringify(kept);
  if (text.length <= BODY_AT_MOST) return text;
  const { before: _, after: __, ...head } = kept;
  return JSON.stringify({ ...head, after: { tooLong: text.length } });
}

const bodyOf = (n: number, text: string): string => `{"n":${n},${text.slice(1)}`;

/** What lies under a name that sounds like a secret is not written down, whoever forgot to leave it out. */
function masked(value: AuditValue, depth = 0): AuditValue {
  if (typeof value === 'string') return short(withoutTokens(value));
  if (value === null || typeof value !== 'object') return value;
  if (depth > 8) return '…';
  if (Array.isArray(value)) return value.map((v: AuditValue) => masked(v, depth + 1));
  return Object.fromEntries(
    Object.entries(value as Record<string, AuditValue | undefined>)
      .filter((pair): pair is [string, AuditValue] => pair[1] !== undefined)
      .map(([k, v]) => [
        k,
        SECRET.test(k) && typeof v !== 'boolean' && v !== null ? '***' : masked(v, depth + 1),
      ]),
  );
}

/** Addresses of robots are pasted with their tokens in them. */
const withoutTokens = (text: string): string =>
  text
    .replaceAll(/([?&](?:access_token|key|token|secret|sign)=)[^&\s]+/gi, '$1***')
    .replaceAll(/(\/bot\/v2\/hook\/)[^/?\s]+/g, '$1***');

/** Node knows no address of a client that has gone, whatever its types say: `undefined` is nobody here. */
function short(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return text.length > TEXT_AT_MOST ? `${text.slice(0, TEXT_AT_MOST)}…` : text;
}

/** The next link after `last`. @param text see `textOf` */
export function nextLink(
  key: Uint8Array,
  last: { readonly n: number; readonly seal: string },
  text: string,
): ChainLink {
  const n = last.n + 1;
  const body = bodyOf(n, text);
  return { n, body, prev: last.seal, seal: sealOf(key, last.seal, body) };
}

export type Fault = {
  /** Place in the file. */
  readonly n: number;
  /**
   * `edited` 被修改: an entry stands in its place, but is not what was sealed.
   * `cut` 被删除: entries are missing before this place.
   * `foreign` 非本系统写入: it was not sealed here by this service; the chain goes past it.
   */
  readonly is: 'edited' | 'cut' | 'foreign';
  readonly detail: string;
};

/** A place in the chain: the entry's number and its seal. */
export type ChainPlace = { readonly n: number; readonly seal: string };

export const BEGINNING: ChainPlace = { n: 0, seal: GENESIS };

export type ChainVerdict = {
  readonly entries: number;
  readonly last: ChainPlace;
  readonly faults: readonly Fault[];
};

/**
 * Walks the chain and names what is not right with it.
 *
 * @param links in order of `n`
 * @param floor what the first entry must follow: the beginning, or the last entry dropped by age
 * @param head what the file says its newest entry is; `null`: it does not say, or not under our seal
 * @param anchor a newest entry that somebody wrote down earlier
 */
export function verify(
  key: Uint8Array,
  links: Iterable<ChainLink>,
  {
    floor,
    head,
    anchor,
  }: { readonly floor: ChainPlace; readonly head: ChainPlace | null; readonly anchor: ChainPlace | null },
): ChainVerdict {
  const faults: Fault[] = [];
  const tell = (n: number, is: Fault['is'], detail: string) => void faults.push({ n, is, detail });
  let entries = 0;
  /** The newest entry known to be genuine. */
  let sure: ChainPlace = floor;
  /** Entries after it that nobody has sealed. */
  let doubtful: number[] = [];
  let atAnchor: string | null = anchor?.n === floor.n ? floor.seal : null;

  /** Genuine entries number from `sure.n + 1` to below `end`: what stands in their places, and what does not. */
  const settle = (end: number) => {
    const edited = doubtful.filter((n) => n > sure.n && n < end);
    for (const n of doubtful) {
      if (edited.includes(n)) tell(n, 'edited', `entry ${n} is not what was sealed`);
      else tell(n, 'foreign', `entry ${n} was not written by this service`);
    }
    const missing = end - sure.n - 1 - edited.length;
    if (missing > 0)
      tell(end, 'cut', `${missing} ${missing === 1 ? 'entry' : 'entries'} before ${end} missing`);
    doubtful = [];
  };

  for (const link of links) {
    entries += 1;
    if (anchor?.n === link.n) atAnchor = link.seal;
    const n = isSealed(key, link) ? numberIn(link.body) : null;
    if (n === null) doubtful.push(link.n);
    else if (n <= sure.n) tell(link.n, 'foreign', `entry ${link.n} is a copy of entry ${n}`);
    else {
      settle(n);
      if (n === sure.n + 1 && link.prev !== sure.seal)
        tell(
          n,
          'foreign',
          `from entry ${n} on the chain follows another one than this: a file was put in place`,
        );
      sure = { n, seal: link.seal };
    }
  }
  settle(Math.max(head?.n ?? sure.n, sure.n) + 1);
  if (head === null && entries > 0)
    tell(sure.n, 'edited', 'the mark of the newest entry is not under our seal');
  if (anchor !== null && atAnchor !== anchor.seal) {
    if (anchor.n < floor.n)
      tell(anchor.n, 'cut', 'the anchor is older than what is kept: it cannot be compared');
    else if (anchor.n > sure.n)
      tell(
        anchor.n,
        'cut',
        `entries up to ${anchor.n} were there, as the anchor says; the last is ${sure.n}`,
      );
    else
      tell(
        anchor.n,
        'foreign',
        `entry ${anchor.n} is another one than the anchor says: the journal was replaced`,
      );
  }
  return { entries, last: sure, faults };
}

function numberIn(body: string): number | null {
  const { n } = JSON.parse(body) as { n?: unknown };
  return typeof n === 'number' ? n : null;
}

/** A place as written down: `17:abc…`. */
export const placeText = (p: ChainPlace): string => `${p.n}:${p.seal}`;

export function readPlace(text: string): ChainPlace | null {
  const [, n, seal] = /^(\d{1,15}):([\w-]{10,64}|genesis)$/.exec(text.trim()) ?? [];
  return n === undefined || seal === undefined ? null : { n: Number(n), seal };
}
