import type { StoreTroubleKind } from '../../flow/ports/history.ts';

/** The store is there or not, in general: the same batch may be offered again later. Read by `troubleOf` of the port. */
export class StoreTrouble extends Error {
  readonly kind: StoreTroubleKind;
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: StoreTroubleKind,
    says: string,
    more: { readonly retryAfterMs?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(says, { cause: more.cause });
    this.name = 'StoreTrouble';
    this.kind = kind;
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** The store has read what was sent and will never take it as it is: offering it again is of no use. */
export class StoreRefusal extends Error {
  /** How many lines 1.x and 2.x say that they left out, the others being stored; null where they do not say. */
  readonly dropped: number | null;
  readonly tooLarge: boolean;

  constructor(reason: string, tooLarge: boolean) {
    super(reason);
    this.name = 'Refusal';
    const dropped = /dropped=(\d+)/.exec(reason)?.[1];
    this.dropped = dropped === undefined ? null : Number(dropped);
    this.tooLarge = tooLarge;
  }
}

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** What an answer that is no success means. @param now for a `Retry-After` that is a date */
export function meaningOf(answer: Answer, now: number): StoreTrouble | StoreRefusal {
  const { status } = answer;
  const says = saysOf(answer);
  if (status === 401)
    return new StoreTrouble('unauthorised', `the store refuses our credential (401): ${says}`);
  if (status === 403)
    return new StoreTrouble('unauthorised', `our credential may not do this in the store (403): ${says}`);
  if (status === 429 || status === 503) {
    return new StoreTrouble('busy', `the store asks to be left alone (${status}): ${says}`, {
      retryAfterMs: retryAfterMs(answer.headers['retry-after'], now),
    });
  }
  if (status === 408) return new StoreTrouble('timeout', `the store took too long (408): ${says}`);
  if (status === 502 || status === 504)
    return new StoreTrouble('unreachable', `no store behind the gateway (${status}): ${says}`);
  if (status === 413) return new StoreRefusal(`too large (413): ${says}`, true);
  // A limit of the store is mended in its configuration, not by giving readings up.
  if (/limit exceeded/i.test(says) && status < 500)
    return new StoreTrouble('other', `the store has reached a limit of its own (${status}): ${says}`);
  // 201: InfluxDB 3 has stored some of it and says what it left out.
  if (status === 400 || status === 422 || status === 201) return new StoreRefusal(says, false);
  return new StoreTrouble('other', `the store answers ${status}: ${says}`);
}

/** What an error before any answer means. */
export function meaningOfError(
  cause: unknown,
  deadline: { readonly over: boolean; readonly ms: number },
): StoreTrouble {
  const e = cause as { name?: string; code?: string; message?: string };
  if (deadline.over || e.name === 'RequestTimedOutError')
    return new StoreTrouble('timeout', `the store did not answer within ${deadline.ms} ms`, { cause });
  if (e.name === 'AbortError')
    return new StoreTrouble('unreachable', 'the store cut the connection in the middle of its answer', {
      cause,
    });
  return new StoreTrouble(
    'unreachable',
    `the store cannot be reached (${e.code ?? e.message ?? String(cause)})`,
    {
      cause,
    },
  );
}

/** The store's own words, in one short line. */
function saysOf({ headers, body }: Answer): string {
  const text = textOf(body) || String(headers['x-influxdb-error'] ?? '') || 'no reason given';
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 600 ? `${line.slice(0, 400)} … ${line.slice(-200)}` : line;
}

function textOf(body: string): string {
  try {
    const json = JSON.parse(body) as { error?: unknown; message?: unknown; data?: unknown };
    const said = [json.error, json.message].filter((s) => typeof s === 'string').join(': ');
    const first = Array.isArray(json.data)
      ? (json.data[0] as { error_message?: unknown } | undefined)
      : undefined;
    return typeof first?.error_message === 'string' ? `${said}: ${first.error_message}` : said || body;
  } catch {
    return body;
  }
}

/** Seconds, or a date. The client's own reading of it, as milliseconds, would ask a thousand times too often. */
function retryAfterMs(value: string | string[] | undefined, now: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
