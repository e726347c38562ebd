import type { Problem } from '../../api/problem.ts';

/** What a crew does to an order from its phone: the words of `POST /orders/{id}/…`. */
export const VERBS = [
  'accept',
  'refuse',
  'forward',
  'arrive',
  'feedback',
  'check-safety',
  'pause',
  'resume',
  'extend',
  'done',
] as const;
export type OrderVerb = (typeof VERBS)[number];

/** A photograph that waits with its act. */
export type KeptPhoto = {
  readonly type: string;
  readonly bytes: ArrayBuffer;
  /** A small one, as a data URI: what is shown of it. */
  readonly preview: string;
  /** Its id on the server; `null`: it is here alone. */
  readonly id: string | null;
};

/** An act as it waits on the phone, until the service has answered. */
export type KeptAct = {
  /** Its place in the order in which they were done. */
  readonly n: number;
  readonly account: string;
  readonly order: { readonly id: string; readonly no: string; readonly title: string };
  readonly verb: OrderVerb;
  readonly body: Readonly<Record<string, unknown>>;
  readonly photos: readonly KeptPhoto[];
  /** The same on every try: what was done already is not done twice. */
  readonly commandId: string;
  readonly seenRevision: number;
  /** When it was done, by the clock of this phone; ISO 8601. */
  readonly actedAt: string;
  /** Why the service did not accept it; `null`: it waits. */
  readonly refused: Problem | null;
};
export type NewAct = Omit<KeptAct, 'n' | 'refused'>;

export const isWaiting = (act: KeptAct): boolean => act.refused === null;
