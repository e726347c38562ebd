import type { Millis } from '../../../domain/time.ts';
import type { Lane, UpObject } from '../../../domain/upstream/item.ts';
import type { DayTally } from '../../../domain/upstream/reconcile.ts';
import type { UpstreamSecrets, UpstreamSetup } from '../../../domain/upstream/setup.ts';
import type { UpstreamProfile } from '../../../wire/upstream/profile.ts';

/** One item with its content, as a line is given it. */
export type UpDocument = {
  /** The same for every try: the receiver knows a repetition by it. */
  readonly number: string;
  readonly lane: Lane;
  readonly object: UpObject;
  readonly at: Millis;
  readonly late: boolean;
  /** As another installation of ours takes it. */
  readonly exact: () => unknown;
  /** As our interfaces have it: what a profile's pointers point into. Of readings one for each. */
  readonly said: () => readonly Readonly<Record<string, unknown>>[];
  /** What a person has put right in it, by their names of fields. */
  readonly set: Readonly<Record<string, string | number | boolean | null>>;
};

/** What a receiver made of an item. */
export type LineAnswer = {
  readonly is: 'accepted' | 'rejected' | 'later';
  /** Its own words. */
  readonly said: string;
  readonly receipt: string | null;
};

/** The way to one platform above. */
export interface UpstreamLine {
  /**
   * Sends them in their order. It is done within its own bound or when the signal says so.
   *
   * @returns an answer for each that has one, in order; the others were not sent
   * @throws LineTrouble where nobody answered, or nobody who is such a receiver
   */
  send(documents: readonly UpDocument[], signal: AbortSignal): Promise<readonly LineAnswer[]>;
  /** What the other side has of a day; `null`: it does not say. */
  reconcile(ask: ReconcileAsk, signal: AbortSignal): Promise<ReadonlyMap<UpObject, DayTally> | null>;
  /** How many items one call may have. */
  readonly batch: number;
  /** It wants to hear from us also when there is nothing to say. */
  readonly keepsAlive: boolean;
}

export type ReconcileAsk = {
  readonly day: string;
  readonly ours: ReadonlyMap<UpObject, DayTally>;
};

/** The line, and not what was sent on it: it is tried again. */
export class LineTrouble extends Error {
  readonly retryAfter: number | null;

  constructor(message: string, retryAfter: number | null = null) {
    super(message);
    this.name = 'LineTrouble';
    this.retryAfter = retryAfter;
  }
}

/** @param secrets of which none is ever in what is said @param stream the journal that numbers the items */
export type OpenUpstreamLine = (given: {
  readonly setup: UpstreamSetup;
  readonly secrets: UpstreamSecrets;
  readonly profile: UpstreamProfile;
  readonly stream: string;
}) => UpstreamLine;

/** Profiles, as files. */
export type ProfileFile = {
  readonly name: string;
  readonly from: 'shipped' | 'own';
  readonly text: string;
  readonly inForce: UpstreamProfile | null;
  readonly faults: readonly { readonly line: number; readonly path: string; readonly why: string }[];
};
export interface UpstreamProfiles {
  list(): readonly ProfileFile[];
  of(name: string): ProfileFile | undefined;
  reload(): void;
}
