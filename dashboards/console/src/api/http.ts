import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { Language } from '../i18n/translate.ts';
import { OWN_LIFELINE, type PackJson } from '../state/catalog.ts';
import type { StoryItem } from '../state/story.ts';
import type { BucketJson, Me, Page, Verb } from './answers.ts';
import { addressOf } from './place.ts';
import { NO_ANSWER, type Problem, problemOf, TOO_SLOW } from './problem.ts';

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };
/** `atLeast`: there are more, and nobody needs to know how many. */
export type PointCount = { readonly n: number; readonly atLeast: boolean };

const MOST_PAGES = 5;

/** A request that has had no answer by now has none: the operator must not wait before a spinner. */
const PATIENCE = 8_000;
/** A photo over a thin line takes longer. */
const FILE_PATIENCE = 60_000;

export type Api = {
  /** One answer of the public interface; `path` from below `/api/v1`. A refusal comes with its words. */
  get<T>(path: string): Promise<Answer<T>>;
  /** Every item of a paged list, up to `most`. */
  all<T>(path: string, most: number): Promise<Answer<readonly T[]>>;
  send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer<T>>;
  /** A file as it is, by its own type. */
  sendFile<T>(path: string, file: Blob): Promise<Answer<T>>;
  /** @param otp of the second factor, where the account has one */
  login(account: string, password: string, otp?: string): Promise<Answer<Me>>;
  /** The token of a wall becomes the cookie of this browser. */
  openWall(token: string): Promise<Answer<Me>>;
  logout(): Promise<Answer<unknown>>;
  me(): Promise<Answer<Me>>;
  setPassword(next: string): Promise<Answer<unknown>>;
  lifelines(): Promise<Answer<readonly PackJson[]>>;
  /** How many points of the city there are, the service's own not among them. */
  pointCount(): Promise<Answer<PointCount>>;
  story(alarmId: string): Promise<Answer<readonly StoryItem[]>>;
  buckets(q: {
    point: string;
    metric: string;
    from: number;
    to: number;
    buckets: number;
  }): Promise<Answer<readonly BucketJson[]>>;
  act(alarmId: string, verb: Verb, body: Record<string, unknown>): Promise<Answer<AlarmJson | null>>;
};

export function createApi(language: () => Language): Api {
  async function call<T>(method: string, path: string, body?: unknown, token?: string): Promise<Answer<T>> {
    const stop = new AbortController();
    const file = body instanceof Blob ? body : null;
    const timer = setTimeout(() => stop.abort(), file === null ? PATIENCE : FILE_PATIENCE);
    try {
      const response = await fetch(addressOf(`/api/v1${path}`), {
        method,
        credentials: 'same-origin',
        signal: stop.signal,
        headers: {
          Accept: 'application/json',
          'Accept-Language': language(),
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'Content-Type': file?.type ?? 'application/json' }),
        },
        ...(body === undefined ? {} : { body: file ?? JSON.stringify(body) }),
      });
      const text = await response.text();
      const value = readJson(text);
      return response.ok
        ? { ok: true, value: value as T }
        : { ok: false, problem: problemOf(response.status, value) };
    } catch {
      return { ok: false, problem: stop.signal.aborted ? TOO_SLOW : NO_ANSWER };
    } finally {
      clearTimeout(timer);
    }
  }

  async function list<T>(path: string): Promise<Answer<readonly T[]>> {
    const page = await call<Page<T>>('GET', path);
    return page.ok ? { ok: true, value: page.value.items } : page;
  }

  async function all<T>(path: string, most: number): Promise<Answer<readonly T[]>> {
    const items: T[] = [];
    let after: string | null = null;
    do {
      const page: Answer<Page<T>> = await call(
        'GET',
        after === null ? path : `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after)}`,
      );
      if (!page.ok) return page;
      items.push(...page.value.items);
      after = page.value.next;
    } while (after !== null && items.length < most);
    return { ok: true, value: items };
  }

  return {
    get: (path) => call('GET', path),
    all,
    send: (method, path, body) => call(method, path, body),
    sendFile: (path, file) => call('POST', path, file),
    login: (account, password, otp) =>
      call('POST', '/session', { account, password, ...(otp ? { otp } : {}) }),
    openWall: (token) => call('POST', '/session/wall', undefined, token),
    logout: () => call('DELETE', '/session'),
    me: () => call('GET', '/me'),
    setPassword: (next) => call('POST', '/me/password', { next }),
    lifelines: () => list('/lifelines'),
    async pointCount() {
      let n = 0;
      let after: string | null = null;
      for (let pages = 0; pages < MOST_PAGES; pages++) {
        const page: Answer<Page<{ lifeline: string }>> = await call(
          'GET',
          `/points?limit=1000${after === null ? '' : `&after=${encodeURIComponent(after)}`}`,
        );
        if (!page.ok) return page;
        n += page.value.items.filter((p) => p.lifeline !== OWN_LIFELINE).length;
        after = page.value.next;
        if (after === null) return { ok: true, value: { n, atLeast: false } };
      }
      return { ok: true, value: { n, atLeast: true } };
    },
    story: (id) => list(`/alarms/${encodeURIComponent(id)}/events?limit=1000`),
    buckets: (q) =>
      list(
        `/points/${encodeURIComponent(q.point)}/readings?metric=${encodeURIComponent(q.metric)}` +
          `&from=${new Date(q.from).toISOString()}&to=${new Date(q.to).toISOString()}&buckets=${q.buckets}`,
      ),
    async act(id, verb, body) {
      const answer = await call<unknown>('POST', `/alarms/${encodeURIComponent(id)}/${verb}`, body);
      return answer.ok ? { ok: true, value: alarmIn(answer.value, id) } : answer;
    },
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The alarm in an action's answer, if it carries one: the event on the live stream says the same a moment later. */
function alarmIn(body: unknown, id: string): AlarmJson | null {
  const b = body as { id?: string; phase?: string; alarm?: { id?: string; phase?: string } } | null;
  const candidate = b?.alarm ?? b;
  return candidate?.id === id && typeof candidate.phase === 'string' ? (candidate as AlarmJson) : null;
}
