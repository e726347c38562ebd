import type { Duration, Millis } from '../../domain/time.ts';
import type { Flaw } from '../../flow/ports/broker.ts';
import type { CommandNews } from '../../flow/ports/down/ways.ts';
import type { Dissected } from '../../wire/mapping/frames.ts';
import type { FrameFlaw } from '../../wire/protocols/stream.ts';
import type { NotSpoken, SettingClock, StationCommand } from '../../wire/protocols/told.ts';

/** By what clock an answer is written. `null`: it is doubted. */
export type AnswerClock = { readonly now: Millis | null; readonly offset: Duration };
type Answer = (clock: AnswerClock) => Uint8Array;

/** A good frame, and what its standard asks for. */
export type HeardFrame = {
  readonly is: 'frame';
  /** For counting. */
  readonly kind: string;
  readonly station: string;
  /** Whose line it is, where that is another: a unit that speaks for its parts. */
  readonly speaker?: string;
  readonly bytes: Uint8Array;
  readonly said: readonly Dissected[];
  readonly flaws: readonly Flaw[];
  /** Nothing of it is to be kept: the line lives, or waits for the rest. */
  readonly isIdle: boolean;
  readonly isAgain: boolean;
  readonly answerWhenKept: Answer | null;
  readonly answerNow: Answer | null;
  /** What it says of commands that were told. */
  readonly replies?: readonly CommandReply[];
  /** Which sum fitted, where a standard has several in the field. */
  readonly sum?: 'hj' | 'modbus';
};

export type Heard =
  | HeardFrame
  | { readonly is: 'flaw'; readonly flaw: FrameFlaw; readonly bytes: Uint8Array };

/** What is heard of a command, by its id. */
export type CommandReply = { readonly id: string; readonly news: CommandNews };

/** What becomes of a command at once. `sent`: its bytes leave now, or, without any, with the next step. */
export type ToldStation =
  | { readonly is: 'sent'; readonly bytes: Uint8Array | null; readonly within: Duration }
  | NotSpoken;

/** What a line that is asked does next. */
export type TalkStep = {
  readonly send: Uint8Array | null;
  readonly heard: readonly Heard[];
  /** When to ask again. */
  readonly again: Millis;
};

/** One line's talk in its protocol: what its bytes mean. It holds no socket and no clock. */
export interface Talk {
  hear(chunk: Uint8Array, now: Millis): readonly Heard[];
  /** Of protocols in which we ask. @param isKept whether all that was heard is durable */
  step?(now: Millis, isKept: boolean): TalkStep;
  /** Of protocols in which a station can be told something; one command at a time for each. */
  tell?(command: StationCommand, clock: SettingClock, now: Millis): ToldStation;
  /** Nobody waits for this one any more. */
  forget?(id: string): void;
}
