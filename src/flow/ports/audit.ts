import type { Millis } from '../../domain/time.ts';

/** Anything that JSON can say. Keys that name a secret are masked before they are kept. */
export type AuditValue =
  | string
  | number
  | boolean
  | null
  | readonly AuditValue[]
  | { readonly [key: string]: AuditValue | undefined };

/** One act, refusal, log-in or change of configuration. */
export type AuditEntry = {
  /** Our clock. */
  readonly at: Millis;
  /** The account, `token:<name>`, `device:<code>`, `system`; what a stranger called themselves; `null`: nobody said. */
  readonly who: string | null;
  /** Address of the client; `null`: this process. */
  readonly from: string | null;
  /** Stable code, noun first: `session.login`, `alarm.acknowledge`, `device.credential.issue`. */
  readonly what: string;
  /** Code or id of what it was done to. */
  readonly object: string | null;
  readonly before?: AuditValue;
  readonly after?: AuditValue;
  readonly outcome: 'done' | 'refused';
  /** Of a refusal: its stable code. Of an act: the reason given. */
  readonly why?: string;
};

/** An entry in its place in the chain. `seal` depends on everything before it. */
export type AuditKept = AuditEntry & { readonly n: number; readonly seal: string };

/** The newest entry: written down elsewhere, it proves later that nothing up to it was changed or cut. */
export type AuditAnchor = { readonly n: number; readonly seal: string; readonly at: Millis };

export type AuditFilter = {
  readonly who?: string | undefined;
  /** Prefix: `session` finds `session.login`. */
  readonly what?: string | undefined;
  readonly object?: string | undefined;
  readonly outcome?: AuditEntry['outcome'] | undefined;
  /** Inclusive from, exclusive to. */
  readonly from?: Millis | undefined;
  readonly to?: Millis | undefined;
};

/** The audit journal 审计日志: entries are added, never changed; sealed in a chain. */
export interface Audit {
  start(): Promise<void>;
  /** Writes what waits, and lets go. */
  close(): Promise<void>;

  /**
   * Adds an entry. Never rejects, so that nobody's act breaks half way over its trace.
   *
   * @returns true when it is on disk; false when it could not be written: it is then kept in memory (the newest
   *   10,000) and written as soon as the disk takes it
   */
  record(entry: AuditEntry): Promise<boolean>;
  /** Whether an entry could be written at this moment: asked by a real write before anything privileged is done. */
  writable(): Promise<boolean>;

  /** Newest first. `after`: the `n` of the last entry of the former page. */
  entries(filter: AuditFilter, limit: number, after: number | null): Promise<readonly AuditKept[]>;
  /** `null` while there is no entry. */
  anchor(): Promise<AuditAnchor | null>;
  /** Drops entries older than that from the front of the chain, sealed so that it is no cut. @returns how many */
  forgetBefore(then: Millis): Promise<number>;
}
