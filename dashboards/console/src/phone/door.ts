import type { Answer } from '../api/http.ts';
import { addressOf } from '../api/place.ts';
import { NO_ANSWER, problemOf, TOO_SLOW } from '../api/problem.ts';
import type { Language } from '../i18n/translate.ts';
import { phoneNow } from './device/phone-clock.ts';

/** How long a question may take, and a photograph over a thin line. */
const PATIENCE = 10_000;
const PATIENCE_FOR_FILES = 120_000;

export type Door = {
  get<T>(path: string): Promise<Answer<T>>;
  /** `null`: nothing is new since the answer with this tag. */
  getNew<T>(path: string, etag: string | null): Promise<Answer<{ value: T; etag: string | null } | null>>;
  send<T>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer<T>>;
  sendFile<T>(path: string, type: string, bytes: ArrayBuffer): Promise<Answer<T>>;
  /** By how much the server's clock is ahead of this phone's, in ms; of the last answer, to the second. */
  serverIsAhead(): number;
};

type Told = { readonly status: number; readonly etag: string | null; readonly value: unknown };

export function createDoor(language: () => Language): Door {
  let ahead = 0;

  async function ask(path: string, init: RequestInit, patience = PATIENCE): Promise<Answer<Told>> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience);
    try {
      const response = await fetch(addressOf(`/api/v1${path}`), {
        ...init,
        credentials: 'same-origin',
        signal: stop.signal,
        headers: { Accept: 'application/json', 'Accept-Language': language(), ...init.headers },
      });
      const said = Date.parse(response.headers.get('date') ?? '');
      // It says whole seconds, of which half a one is over on average.
      if (Number.isFinite(said)) ahead = said + 500 - phoneNow();
      const value = json(await response.text());
      const { status } = response;
      return response.ok || status === 304
        ? { ok: true, value: { status, etag: response.headers.get('etag'), value } }
        : { ok: false, problem: problemOf(status, value) };
    } catch {
      return { ok: false, problem: stop.signal.aborted ? TOO_SLOW : NO_ANSWER };
    } finally {
      clearTimeout(timer);
    }
  }

  async function value<T>(asked: Promise<Answer<Told>>): Promise<Answer<T>> {
    const answer = await asked;
    return answer.ok ? { ok: true, value: answer.value.value as T } : answer;
  }

  return {
    get: (path) => value(ask(path, {})),
    async getNew<T>(path: string, known: string | null) {
      const answer = await ask(path, known === null ? {} : { headers: { 'If-None-Match': known } });
      if (!answer.ok) return answer;
      const { status, etag, value } = answer.value;
      return { ok: true, value: status === 304 ? null : { value: value as T, etag } };
    },
    send: (method, path, body) =>
      value(
        ask(path, {
          method,
          ...(body === undefined
            ? {}
            : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
        }),
      ),
    sendFile: (path, type, bytes) =>
      value(
        ask(path, { method: 'POST', headers: { 'Content-Type': type }, body: bytes }, PATIENCE_FOR_FILES),
      ),
    serverIsAhead: () => ahead,
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
