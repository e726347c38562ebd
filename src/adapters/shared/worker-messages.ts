/** What crosses between a `WorkerClient` and the `serve` of its thread or process. */
export type Request = { readonly id: number; readonly op: string; readonly arg: unknown };

/** A request that every worker answers by itself: one that hangs is told from one that has long work to do. */
export const PING = 'ping';

/** The operation after whose answer a worker ends by itself. */
export const CLOSE = 'close';

/** An error on its way: structured clone would drop what is not the message. */
export type ToldError = {
  readonly message: string;
  readonly stack: string;
  /** Stable code of the error, where it has one. */
  readonly code: string | null;
  /** SQLite's extended result code, where it has one. */
  readonly errcode: number | null;
};

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ToldError };

/** What a worker says without having been asked. */
export type WorkerNews<N> = { readonly news: N };

export function tellError(e: unknown): ToldError {
  const error = e instanceof Error ? e : new Error(String(e));
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return {
    message: error.message,
    stack: error.stack ?? error.message,
    code: typeof code === 'string' ? code : null,
    errcode: typeof errcode === 'number' ? errcode : null,
  };
}

/** The told error as it was on the other side. */
export function heardError({ message, stack, code, errcode }: ToldError): Error {
  return Object.assign(new Error(message), {
    stack,
    ...(code === null ? {} : { code }),
    ...(errcode === null ? {} : { errcode }),
  });
}

/** A worker may be half dead: only what has the shape of an answer is one. */
export function isReply(m: unknown): m is Reply {
  if (typeof m !== 'object' || m === null) return false;
  const { id, ok, error } = m as { id?: unknown; ok?: unknown; error?: unknown };
  if (typeof id !== 'number') return false;
  if (ok === true) return 'value' in m;
  return ok === false && typeof (error as ToldError | null | undefined)?.message === 'string';
}

export const isNews = <N>(m: unknown): m is WorkerNews<N> =>
  typeof m === 'object' && m !== null && 'news' in m;
