import type { Say } from '../i18n/translate.ts';

/** Why a request did not do what was asked. `status` 0: no answer came, and `code` says which way. */
export type Problem = {
  readonly status: number;
  /** Stable; branch on this. */
  readonly code: string;
  /** The server's words, in the language asked for; `null` when something else than our server answered. */
  readonly words: string | null;
  /** Of what was sent: which field, and what would be right. */
  readonly fields?: readonly { readonly at: string; readonly message: string }[];
};

export const NO_ANSWER: Problem = { status: 0, code: 'network', words: null };
export const TOO_SLOW: Problem = { status: 0, code: 'timeout', words: null };

/** Reads an `application/problem+json` body (RFC 9457); whatever else came gives what the status alone says. */
export function problemOf(status: number, body: unknown): Problem {
  const b = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = (v: unknown): string | null => (typeof v === 'string' && v.trim() !== '' ? v : null);
  const fields = Array.isArray(b.errors) ? b.errors : [];
  const said = fields.flatMap((f: { at?: unknown; message?: unknown } | null) => {
    const message = text(f?.message);
    return message === null ? [] : [{ at: text(f?.at) ?? '', message }];
  });
  return {
    status,
    code: text(b.code) ?? '',
    words: said[0]?.message ?? text(b.detail) ?? text(b.title),
    ...(said.length > 0 ? { fields: said } : {}),
  };
}

/** In words: the server's own where it has any, else what the status means. */
export function sayProblem(p: Problem, say: Say): string {
  if (p.words !== null) return p.words;
  if (p.status === 0) return say(p.code === 'timeout' ? 'problem.timeout' : 'problem.network');
  if (p.status === 401) return say('problem.unauthorized');
  if (p.status === 403) return say('problem.forbidden');
  return say(p.status >= 500 ? 'problem.server' : 'problem.other', { status: p.status });
}
