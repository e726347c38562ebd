import type { AlarmFilter, BriefFilter, CitizenFilter, ResponseFilter } from '../../flow/ports/journal.ts';

/**
 * What crosses between the main thread and the two journal threads: plain strings, numbers and bytes,
 * which structured clone copies cheaply. Everything that only has to be kept travels as its JSON text.
 */

/** What is set aside is bounded: the oldest goes first, and is counted. */
export type AsideBounds = {
  readonly quarantineAtMost: { readonly rows: number; readonly bytes: number };
  readonly deviceEventsAtMost: number;
};

const USUAL: AsideBounds = {
  quarantineAtMost: { rows: 200_000, bytes: 256 * 1024 * 1024 },
  deviceEventsAtMost: 200_000,
};

/** @param given what of them is otherwise */
export const boundsOf = (given: { [K in keyof AsideBounds]?: AsideBounds[K] | undefined }): AsideBounds => ({
  quarantineAtMost: given.quarantineAtMost ?? USUAL.quarantineAtMost,
  deviceEventsAtMost: given.deviceEventsAtMost ?? USUAL.deviceEventsAtMost,
});

export type EventRow = {
  readonly seq: number;
  readonly alarmId: string;
  readonly revision: number;
  readonly at: number;
  readonly kind: string;
  readonly event: string;
  readonly after: string;
  /** What lists filter and sort by, as of right after the event. */
  readonly open: 0 | 1;
  readonly unacked: 0 | 1;
  readonly level: number;
  readonly lifeline: string;
  readonly area: string;
  readonly point: string;
  readonly raisedAt: number;
};

/** An event of an order, warning or incident, with what lists filter by as of right after it. */
export type ResponseRow = {
  /** That it is about from this event on. */
  readonly alarms: readonly string[];
  readonly seq: number;
  readonly kind: string;
  readonly id: string;
  readonly revision: number;
  readonly at: number;
  readonly change: string;
  readonly event: string;
  readonly after: string;
  readonly open: 0 | 1;
  readonly state: string;
  readonly level: number;
  readonly lifeline: string;
  readonly area: string;
  readonly unit: string | null;
};

/** An event of a drill, or of what it causes. */
export type DrilledRow = {
  readonly seq: number;
  readonly drill: string;
  readonly kind: string;
  readonly id: string;
  readonly revision: number;
  readonly event: string;
  readonly after: string;
  readonly running: 0 | 1;
};

/** A report of a citizen, and the words that lie apart from it; `null`: they go. */
export type CitizenRow = {
  readonly id: string;
  readonly key: string;
  readonly state: string;
  readonly lifeline: string | null;
  readonly area: string;
  readonly order: string | null;
  readonly incident: string | null;
  readonly overAt: number | null;
  readonly erased: 0 | 1;
  readonly text: string;
  readonly words: string | null;
};
/** The same as it comes back. */
export type CitizenTexts = { readonly text: string; readonly words: string | null };

export type RegisterKind = 'area' | 'asset' | 'point' | 'model' | 'device' | 'work' | 'quality' | 'fault';

/** One turn, encoded. */
export type TurnRow = {
  readonly turn: number;
  readonly at: number;
  readonly memoriesKeptUpTo: number;
  /** Spool text, `null` for a turn without readings and frames. */
  readonly body: string | null;
  readonly events: readonly EventRow[];
  readonly responses: readonly ResponseRow[];
  readonly drilled: readonly DrilledRow[];
  readonly filed: readonly { readonly code: string; readonly text: string }[];
  /** What the probe's alarm did; `null`: nothing. */
  readonly probe: string | null;
  readonly memories: readonly { readonly point: string; readonly text: string }[];
  readonly register: readonly {
    readonly kind: RegisterKind;
    readonly code: string;
    readonly text: string;
  }[];
  readonly rules: readonly (
    | { readonly kind: 'draft'; readonly id: string; readonly text: string }
    | { readonly kind: 'version'; readonly rule: string; readonly version: number; readonly text: string }
  )[];
  readonly statuses: readonly { readonly device: string; readonly text: string }[];
  readonly told: readonly {
    readonly code: string;
    readonly alarm: string | null;
    readonly needed: 0 | 1;
    readonly text: string;
  }[];
  readonly commands: readonly {
    readonly id: string;
    readonly device: string;
    readonly open: 0 | 1;
    readonly text: string;
  }[];
  readonly exchanged: readonly { readonly code: string; readonly needed: 0 | 1; readonly text: string }[];
  readonly citizens: readonly CitizenRow[];
  readonly listened: string | null;
  readonly clockMoves: string | null;
  readonly answers: readonly { readonly commandId: string; readonly at: number; readonly text: string }[];
  /** `size` bytes each of `quarantineBytes`, one after the other. */
  readonly quarantined: readonly {
    readonly device: string | null;
    readonly text: string;
    readonly size: number;
  }[];
  /** `null`: none is. */
  readonly quarantineBytes: Uint8Array | null;
  readonly deviceEvents: readonly { readonly device: string; readonly text: string }[];
};

export type EventTexts = { readonly seq: number; readonly event: string; readonly after: string };
/** `kind`: of a response; absent: of an alarm. */
export type AnyEventTexts = EventTexts & { readonly kind?: string };
/** `kind` of a drill's: its own, with `drill/` before it. */
export type ThingText = { readonly kind: string; readonly text: string };

/** An event in short; names as JSON text, `null` where the alarm has none. */
export type BriefRow = {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly alarm: string;
  readonly hidden: 0 | 1;
  readonly raisedAt: number;
  readonly level: number;
  readonly lifeline: string;
  readonly area: string;
  readonly point: string;
  readonly pointName: string;
  readonly asset: string | null;
  readonly assetName: string | null;
  readonly rule: string;
  readonly ruleName: string;
  readonly verdict: string | null;
  readonly from: string | null;
};

export type OpenedJournal = {
  readonly epoch: string;
  readonly cleanStop: boolean;
  readonly spoolBytes: number;
  readonly lastTurn: number;
  readonly lastAt: number | null;
  readonly lastSeq: number;
  readonly register: readonly { readonly kind: RegisterKind; readonly text: string }[];
  readonly rules: readonly string[];
  readonly openAlarmEvents: readonly EventTexts[];
  readonly openResponses: readonly { readonly seq: number; readonly kind: string; readonly event: string }[];
  readonly openDrilled: readonly AnyEventTexts[];
  readonly lastOrder: string | null;
  readonly messageIds: readonly string[];
  readonly filed: readonly string[];
  readonly memories: readonly { readonly point: string; readonly turn: number; readonly text: string }[];
  readonly answers: readonly string[];
  readonly statuses: readonly string[];
  readonly told: readonly string[];
  readonly openCommands: readonly string[];
  readonly openCitizens: readonly CitizenTexts[];
  readonly exchanged: readonly string[];
  readonly listened: readonly string[];
  readonly clockMoves: readonly string[];
  /** See `Recovered`. */
  readonly wentBack?: { readonly from: number; readonly to: number };
};

export type SpoolState = { readonly bytes: number; readonly turns: number; readonly oldest: number | null };

export type AsideState = {
  readonly quarantineRows: number;
  readonly quarantineBytes: number;
  /** Rows that had to go because the bound was reached, since the journal was made. */
  readonly quarantineDropped: number;
  readonly deviceEventRows: number;
  readonly deviceEventsDropped: number;
};

/** One entry of the loss ledger; `text` is all of it that is not in a column. */
export type LossRow = {
  readonly key: string;
  readonly at: number;
  readonly until: number;
  readonly n: number;
  readonly text: string;
};

/** @template W what the engine's writing thread is opened with */
export type WriterOperations<W> = {
  open(options: W): OpenedJournal;
  commit(turn: TurnRow): void;
  /** @returns the bytes that no longer wait */
  drained(upTo: number): number;
  spoolState(nothing: null): SpoolState;
  asideState(nothing: null): AsideState;
  stoppedCleanly(at: number): void;
  noteLosses(rows: readonly LossRow[]): void;
  close(nothing: null): void;
};

/** @template R what the engine's reading thread is opened with */
export type ReaderOperations<R = never> = {
  open(options: R): void;
  spooled(q: { readonly after: number; readonly maxBytes: number }): { turn: number; body: string }[];
  eventsAfter(q: { readonly after: number; readonly limit: number }): AnyEventTexts[];
  lastBefore(at: number): number;
  response(id: string): ThingText | null;
  responseEvents(id: string): AnyEventTexts[];
  responses(q: { readonly filter: ResponseFilter; readonly limit: number; readonly after: string | null }): {
    readonly items: readonly string[];
    readonly next: string | null;
  };
  /** `drill` null: the drills themselves. */
  drilled(q: {
    readonly drill: string | null;
    readonly kind: string;
    readonly limit: number;
    readonly after: string | null;
  }): { readonly items: readonly string[]; readonly next: string | null };
  drilledEvents(q: {
    readonly drill: string;
    readonly after: number;
    readonly limit: number;
  }): AnyEventTexts[];
  eventsOf(alarm: string): EventTexts[];
  toldOf(subject: string): string[];
  commandsOf(q: { readonly device: string; readonly limit: number; readonly after: string | null }): {
    readonly items: readonly string[];
    readonly next: string | null;
  };
  citizens(q: { readonly filter: CitizenFilter; readonly limit: number; readonly after: string | null }): {
    readonly items: readonly CitizenTexts[];
    readonly next: string | null;
  };
  citizen(id: string): CitizenTexts | null;
  exchangedUnder(q: { prefix: string; limit: number; after: string | null; backwards: boolean }): string[];
  alarm(id: string): string | null;
  briefEvents(q: { readonly filter: BriefFilter; readonly limit: number; readonly after: string | null }): {
    readonly items: readonly BriefRow[];
    readonly next: string | null;
  };
  alarms(q: { readonly filter: AlarmFilter; readonly limit: number; readonly after: string | null }): {
    readonly items: readonly string[];
    readonly next: string | null;
  };
  quarantine(q: { readonly device: string | null; readonly limit: number; readonly after: string | null }): {
    readonly items: readonly { readonly id: number; readonly text: string; readonly bytes: Uint8Array }[];
    readonly next: string | null;
  };
  quarantinedDevices(q: { readonly limit: number }): readonly {
    readonly device: string;
    readonly packets: number;
    readonly first: string;
    readonly last: string;
  }[];
  losses(q: {
    readonly from: number | null;
    readonly to: number | null;
    readonly limit: number;
    readonly after: string | null;
  }): { readonly items: readonly (LossRow & { readonly id: number })[]; readonly next: string | null };
  close(nothing: null): void;
};
