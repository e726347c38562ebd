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

/** What a chain is held against. */
export type ChainEnds = {
  /** What the first entry must follow: the beginning, or the last entry dropped by age. */
  readonly floor: ChainPlace;
  /** What the store says its newest entry is; `null`: it does not say, or not under our seal. */
  readonly head: ChainPlace | null;
  /** A newest entry that somebody wrote down earlier. */
  readonly anchor: ChainPlace | null;
};

/** Walks the chain and names what is not right with it. @param links in order of `n` */
export function verify(key: Uint8Array, links: Iterable<ChainLink>, ends: ChainEnds): ChainVerdict {
  const walk = new ChainWalk(key, ends);
  for (const link of links) walk.take(link);
  return walk.end();
}

/** As `verify`, link by link. */
export class ChainWalk {
  readonly #key: Uint8Array;
  readonly #ends: ChainEnds;
  readonly #faults: Fault[] = [];
  #entries = 0;
  /** The newest entry known to be genuine. */
  #sure: ChainPlace;
  /** Entries after it that nobody has sealed. */
  #doubtful: number[] = [];
  #atAnchor: string | null;

  constructor(key: Uint8Array, ends: ChainEnds) {
    this.#key = key;
    this.#ends = ends;
    this.#sure = ends.floor;
    this.#atAnchor = ends.anchor?.n === ends.floor.n ? ends.floor.seal : null;
  }

  /** @param isFiledRight false: it is found by other words than were sealed */
  take(link: ChainLink, isFiledRight = true): void {
    this.#entries += 1;
    if (this.#ends.anchor?.n === link.n) this.#atAnchor = link.seal;
    const n = isSealed(this.#key, link) ? numberIn(link.body) : null;
    if (n === null) {
      this.#doubtful.push(link.n);
      return;
    }
    if (n <= this.#sure.n) {
      this.#tell(link.n, 'foreign', `entry ${link.n} is a copy of entry ${n}`);
      return;
    }
    this.#settle(n);
    if (n === this.#sure.n + 1 && link.prev !== this.#sure.seal)
      this.#tell(
        n,
        'foreign',
        `from entry ${n} on the chain follows another one than this: a file was put in place`,
      );
    if (!isFiledRight) this.#tell(n, 'edited', `entry ${n} is found by other words than were sealed`);
    this.#sure = { n, seal: link.seal };
  }

  end(): ChainVerdict {
    const { head } = this.#ends;
    this.#settle(Math.max(head?.n ?? this.#sure.n, this.#sure.n) + 1);
    if (head === null && this.#entries > 0)
      this.#tell(this.#sure.n, 'edited', 'the mark of the newest entry is not under our seal');
    this.#compare(this.#ends.anchor);
    return { entries: this.#entries, last: this.#sure, faults: this.#faults };
  }

  /** Genuine entries number from `#sure.n + 1` to below `end`: what stands in their places, and what does not. */
  #settle(end: number): void {
    const sure = this.#sure.n;
    const edited = this.#doubtful.filter((n) => n > sure && n < end);
    for (const n of this.#doubtful) {
      if (edited.includes(n)) this.#tell(n, 'edited', `entry ${n} is not what was sealed`);
      else this.#tell(n, 'foreign', `entry ${n} was not written by this service`);
    }
    const missing = end - sure - 1 - edited.length;
    if (missing > 0)
      this.#tell(end, 'cut', `${missing} ${missing === 1 ? 'entry' : 'entries'} before ${end} missing`);
    this.#doubtful = [];
  }

  #compare(anchor: ChainPlace | null): void {
    if (anchor === null || this.#atAnchor === anchor.seal) return;
    const { n } = anchor;
    if (n < this.#ends.floor.n)
      this.#tell(n, 'cut', 'the anchor is older than what is kept: it cannot be compared');
    else if (n > this.#sure.n)
      this.#tell(n, 'cut', `entries up to ${n} were there, as the anchor says; the last is ${this.#sure.n}`);
    else this.#tell(n, 'foreign', `entry ${n} is another one than the anchor says: the journal was replaced`);
  }

  #tell(n: number, is: Fault['is'], detail: string): void {
    this.#faults.push({ n, is, detail });
  }
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
