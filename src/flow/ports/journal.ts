import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AlarmEvent, ChangeKind } from '../../domain/alarm/events.ts';
import type { BriefEvent } from '../../domain/alarm/indicators.ts';
import type { CitizenEntry, CitizenState } from '../../domain/citizen/citizen-report.ts';
import type { DeviceCommand } from '../../domain/device-command/device-command.ts';
import type { Drill } from '../../domain/drill/drill.ts';
import {
  type DrilledAs,
  type DrilledKind,
  drillIn,
  type JournaledDrilled,
} from '../../domain/drill/drilled.ts';
import type {
  AlarmId,
  AreaCode,
  CitizenReportId,
  CommandId,
  DeviceCode,
  DrillId,
  EventSeq,
  IncidentId,
  LifelineKey,
  OrderId,
  PointCode,
  TurnNumber,
  UnitCode,
} from '../../domain/ids.ts';
import type { ClockMemory } from '../../domain/judge/clock.ts';
import type { PointMemory } from '../../domain/judge/memory.ts';
import type { Level } from '../../domain/level.ts';
import type { NoticeEntry } from '../../domain/notice/entry.ts';
import type { Frame, Reading } from '../../domain/reading.ts';
import type { RegisterChange } from '../../domain/register/register.ts';
import type { Filed } from '../../domain/response/filed.ts';
import type {
  JournaledResponse,
  ResponseKind,
  ResponseStep,
  ResponseThing,
} from '../../domain/response/journaled.ts';
import type { RuleBookChange } from '../../domain/rules/change.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { ExchangeEntry } from '../../domain/upstream/entry.ts';

/** An alarm event in its place in the journal, with the alarm as it was right after it. */
export type JournaledEvent = { readonly seq: EventSeq; readonly event: AlarmEvent; readonly after: Alarm };

/** Any event of what is real. */
export type AnyJournaled = JournaledEvent | JournaledResponse;
/** Any event of the one sequence, those of drills among them. */
export type Sequenced = AnyJournaled | JournaledDrilled;

/** It belongs to a drill, and to no list or count of what is real. */
export const isDrilled = (e: Sequenced): e is JournaledDrilled =>
  'of' in e && (e.of === 'drill' || e.of === 'alarm' || drillIn(e.after) !== undefined);

export const isReal = (e: Sequenced): e is AnyJournaled => !isDrilled(e);

export const isOfAlarm = (e: Sequenced): e is JournaledEvent => !('of' in e);

/** A packet 报文 set aside, with what was wrong, as it came. */
export type Quarantined = {
  readonly receivedAt: Millis;
  readonly topic: string;
  readonly device: DeviceCode | null;
  readonly bytes: Uint8Array;
  /** Stable code of the flaw, e.g. `not-json`, `unknown-device`, `unknown-metric`. */
  readonly flaw: string;
  /** One sentence: what was wrong and what would have been right. */
  readonly detail: string;
};

/** What a device last said of its own link (retained status, last will). */
export type DeviceStatus = {
  readonly device: DeviceCode;
  /** `null`: its status was taken back, and it says nothing any more ([MQTT-3.3.1-10]). */
  readonly online: boolean | null;
  readonly at: Millis;
};

/** What a device itself alarms on. */
export type DeviceEvent = {
  readonly device: DeviceCode;
  readonly point: PointCode | null;
  readonly code: string;
  readonly level: number | null;
  readonly text: string | null;
  readonly observedAt: Millis;
  readonly receivedAt: Millis;
};

/** The answer given to an operator's command: repeated word for word when the command is repeated. */
export type CommandAnswer = {
  readonly commandId: CommandId;
  /** What it was given for: an alarm, or an order, warning or incident. */
  readonly alarmId: string;
  readonly verb: string;
  readonly at: Millis;
  /** Account that gave it; the same id from another account or for another act is refused. */
  readonly account: string;
  readonly revision: number;
  /** What it said; the same id with other content is refused. Absent in answers of an older program. */
  readonly content?: string;
};

/** Our clock was set by so much: what alarm events up to this one say of a time that is yet to come lies on the old one. */
export type ClockMove = { readonly afterSeq: EventSeq; readonly by: Duration };

/** A stretch of our clock in which the service ran and listened. */
export type Listened = { readonly from: Millis; readonly until: Millis };

/** One turn: everything that becomes durable together, or not at all. */
export type TurnRecord = {
  readonly turn: TurnNumber;
  readonly at: Millis;
  readonly readings: readonly Reading[];
  readonly frames: readonly Frame[];
  /** 存量数据: for the history store alone, judged by nobody, now or when memories are rebuilt. Absent: none. */
  readonly stock?: readonly Reading[];
  /** What is believed of points' clocks as of the end of this turn, where it was not simply their word. Absent: of none. */
  readonly clocks?: readonly (readonly [PointCode, ClockMemory | null])[];
  /** Judged in this turn and not in the spool, which is full: for consoles alone. Absent: none. */
  readonly shown?: readonly Reading[];
  /** Judged in former turns while the spool was full; they have their place in it now. Absent: none. */
  readonly owed?: { readonly readings: readonly Reading[]; readonly frames: readonly Frame[] };
  readonly quarantined: readonly Quarantined[];
  readonly statuses: readonly DeviceStatus[];
  readonly deviceEvents: readonly DeviceEvent[];
  readonly register: readonly RegisterChange[];
  /** Drafts (upserts by id) and versions (added) of rules. */
  readonly rules: readonly RuleBookChange[];
  readonly events: readonly JournaledEvent[];
  /** Events of orders, warnings and incidents, in one sequence with `events`. Absent: none. */
  readonly responses?: readonly JournaledResponse[];
  /** What happens in drills 演练, in one sequence with both. Absent: nothing. */
  readonly drilled?: readonly JournaledDrilled[];
  /** What is kept beside them: upserts by `filedKey`. Absent: nothing. */
  readonly filed?: readonly Filed[];
  /** Who is told, by what, of what: upserts by `entryKey`. Absent: nothing. */
  readonly told?: readonly NoticeEntry[];
  /** Commands to devices, each as it last was: upserts by id. Absent: none. */
  readonly commands?: readonly DeviceCommand[];
  /** What goes up to platforms above, and what came from below: upserts by `exchangeKey`. Absent: nothing. */
  readonly exchanged?: readonly ExchangeEntry[];
  /** 市民诉求, each as it now is: upserts by id. Words that are `null` are gone from the disk as well, not only out of sight. Absent: none. */
  readonly citizens?: readonly CitizenEntry[];
  readonly answers: readonly CommandAnswer[];
  /** What the probe's alarm did: kept with the turn, and only until its next beat. Absent: nothing. */
  readonly probe?: readonly JournaledEvent[];
  /** Memories as of the end of this turn: those whose level changed, and a rolling share of the rest. */
  readonly memories: readonly { readonly point: PointCode; readonly memory: PointMemory }[];
  /** When the service has listened, this turn included: replaces what was kept of it. Absent: as it was. */
  readonly listened?: readonly Listened[];
  /** When our clock was set while nothing ran, this time included: replaces what was kept of it. Absent: as it was. */
  readonly clockMoves?: readonly ClockMove[];
  /** Every memory not yet kept as of its newest reading was changed in a turn after this one. */
  readonly memoriesKeptUpTo: TurnNumber;
};

/** One turn's readings and frames waiting for the history store, encoded by `wire/spool.ts`. */
export type SpooledTurn = { readonly turn: TurnNumber; readonly body: string };

/** Everything a start needs in order to go on as if nothing had happened. */
export type Recovered = {
  /** Changes only when the journal was replaced. */
  readonly epoch: string;
  readonly cleanStop: boolean;
  readonly lastTurn: TurnNumber;
  /** Our clock, as of the last turn or clean stop; `null`: nothing has been written yet. */
  readonly lastAt: Millis | null;
  readonly lastSeq: EventSeq;
  readonly register: readonly RegisterChange[];
  /** Drafts in order of making, then the versions of each rule, oldest first. */
  readonly rules: readonly RuleBookChange[];
  /** Every event of every open alarm, in order of seq: fold `evolve` over them. */
  readonly openAlarmEvents: readonly JournaledEvent[];
  /** Every event of every open order, warning and incident, in order of seq. */
  readonly openResponses: readonly ResponseStep[];
  /** Every event of every drill that runs, in order of seq. */
  readonly openDrilled: readonly JournaledDrilled[];
  /** The newest order's number, open or over; `null`: there was none yet. */
  readonly lastOrderNo: string | null;
  /** Identifiers that messages of warnings have, of late: those of 20,000 events and more, each once, in any order. */
  readonly messageIds: readonly string[];
  readonly filed: readonly Filed[];
  /** Memory of each point, and the turn as of whose end it was taken. */
  readonly memories: readonly {
    readonly point: PointCode;
    readonly turn: TurnNumber;
    readonly memory: PointMemory;
  }[];
  readonly answers: readonly CommandAnswer[];
  readonly statuses: readonly DeviceStatus[];
  /** Open ones, in order of id. */
  readonly openCommands: readonly DeviceCommand[];
  /** Reports of citizens to which something is owed, in order of id. */
  readonly openCitizens: readonly CitizenEntry[];
  /** Those that are still needed (`isNeeded`), in order of `entryKey`. */
  readonly told: readonly NoticeEntry[];
  /** Those that are still needed (`isExchangeNeeded`), in order of `exchangeKey`. */
  readonly exchanged: readonly ExchangeEntry[];
  /** When our clock was set while nothing ran, oldest first. */
  readonly clockMoves: readonly ClockMove[];
  /** When the service has listened, oldest first. */
  readonly listened: readonly Listened[];
  /**
   * Turns after `from`, up to `to`, had been acknowledged and are not there any more: whatever keeps the journal came back as of an
   * earlier time. It goes on as another journal (a new epoch) after `to`, and the loss ledger says so. Absent: nothing is missing.
   */
  readonly wentBack?: { readonly from: TurnNumber; readonly to: TurnNumber };
};

export type AlarmFilter = {
  readonly state: 'open' | 'unacked' | 'closed' | 'all';
  readonly level?: Level | undefined;
  /** How it is hidden now; `hidden`: in whatever way. */
  readonly overlay?: Alarm['overlay']['is'] | 'hidden' | undefined;
  readonly lifeline?: LifelineKey | undefined;
  /** Prefix match: `3416` finds every district below. */
  readonly area?: AreaCode | undefined;
  readonly point?: PointCode | undefined;
  /** By `raisedAt`, inclusive from, exclusive to. */
  readonly from?: Millis | undefined;
  readonly to?: Millis | undefined;
};

/** Which orders, warnings or incidents a list has. */
export type ResponseFilter = {
  readonly kind: ResponseKind;
  /** `null`: both. */
  readonly open: boolean | null;
  readonly states?: readonly string[] | undefined;
  readonly level?: Level | undefined;
  readonly lifeline?: LifelineKey | undefined;
  /** Prefix match, as in `AlarmFilter`. */
  readonly area?: AreaCode | undefined;
  readonly unit?: UnitCode | undefined;
  /** About this alarm, or once about it. */
  readonly alarm?: AlarmId | undefined;
};

/** Which reports of citizens a list has. */
export type CitizenFilter = {
  readonly states?: readonly CitizenState[] | undefined;
  readonly lifeline?: LifelineKey | undefined;
  /** Prefix match, as in `AlarmFilter`. */
  readonly area?: AreaCode | undefined;
  /** Of a hotline: `citizenKey`. */
  readonly key?: string | undefined;
  readonly order?: OrderId | undefined;
  readonly incident?: IncidentId | undefined;
  /** Over since before then, and not yet erased. */
  readonly overBefore?: Millis | undefined;
};

/** Which events `briefEvents` gives. */
export type BriefFilter = {
  /** By `at`, inclusive from, exclusive to. */
  readonly from: Millis;
  readonly to: Millis;
  readonly kinds: readonly ChangeKind[];
  readonly lifeline?: LifelineKey | undefined;
  /** Prefix match, as in `AlarmFilter`. */
  readonly area?: AreaCode | undefined;
};

export type ExchangePage = {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly newestFirst?: boolean;
};

export type Page<T> = { readonly items: readonly T[]; readonly next: string | null };

/**
 * The journal 事件日志 and the state that must be durable with it. One writer. `commit` resolves when the
 * turn is on disk (a real flush); a rejection means that nothing of it may be assumed and no further
 * commit will be accepted.
 */
export interface Journal {
  /** Opens and reads; called once, before any commit. Marks the journal as in use (no clean stop yet). */
  recover(): Promise<Recovered>;
  commit(record: TurnRecord): Promise<void>;
  /** Bytes in the spool that the history has not stored, those of commits on their way included. Costs nothing. */
  readonly spoolBytes: number;

  /**
   * Oldest spooled turns after `after`, at most about `maxBytes` of bodies (at least one turn if any). A turn
   * without readings and frames is not spooled.
   */
  spooled(after: TurnNumber, maxBytes: number): Promise<readonly SpooledTurn[]>;
  /**
   * The drain has stored everything up to here. Rows go once memories no longer need them either. Rejects,
   * without harm, a turn beyond the last one: then that store belongs to another journal.
   */
  drained(upTo: TurnNumber): Promise<void>;
  /** Bytes and oldest instant waiting in the spool for the drain (not those kept for memories only). */
  spoolState(): Promise<{ readonly bytes: number; readonly turns: number; readonly oldest: Millis | null }>;

  /** Events with seq > after, of alarms, of what follows them and of drills, oldest first. */
  eventsAfter(after: EventSeq, limit: number): Promise<readonly Sequenced[]>;
  /** Drills, newest first; cursors as in `alarms`. */
  drills(limit: number, after: string | null): Promise<Page<Drill>>;
  drill(id: DrillId): Promise<Drill | null>;
  /** What a drill has caused of a kind, newest first; cursors as in `alarms`. */
  drilled<K extends DrilledKind>(
    drill: DrillId,
    kind: K,
    limit: number,
    after: string | null,
  ): Promise<Page<DrilledAs[K]>>;
  /** Everything that has happened in a drill, oldest first. */
  drilledEvents(drill: DrillId, after: EventSeq, limit: number): Promise<readonly JournaledDrilled[]>;
  /** The newest event that is older than an instant of our clock; 0: none is. */
  lastBefore(at: Millis): Promise<EventSeq>;
  eventsOf(alarm: AlarmId): Promise<readonly JournaledEvent[]>;
  /** One order, warning or incident, as of its last event. */
  response(id: string): Promise<ResponseThing | null>;
  /** Oldest first. */
  responseEvents(id: string): Promise<readonly JournaledResponse[]>;
  /** Newest first; cursors as in `alarms`. */
  responses(filter: ResponseFilter, limit: number, after: string | null): Promise<Page<ResponseThing>>;
  /** Whom an alarm was told to, and whom not: in order of `entryKey`. */
  toldOf(subject: string): Promise<readonly NoticeEntry[]>;
  /** What a device was told to do, newest first; cursors as in `alarms`. */
  commandsOf(device: DeviceCode, limit: number, after: string | null): Promise<Page<DeviceCommand>>;
  /** Newest first, by when they came in; cursors as in `alarms`. */
  citizens(filter: CitizenFilter, limit: number, after: string | null): Promise<Page<CitizenEntry>>;
  citizen(id: CitizenReportId): Promise<CitizenEntry | null>;
  /** What goes up and came from below whose key begins so, in order of key or backwards; `after` is the key of the last one. */
  exchangedUnder(prefix: string, how: ExchangePage): Promise<readonly ExchangeEntry[]>;
  alarm(id: AlarmId): Promise<Alarm | null>;
  /** Events in short, oldest first; cursors as in `alarms`. For counting: a month of them passes through in pages. */
  briefEvents(filter: BriefFilter, limit: number, after: string | null): Promise<Page<BriefEvent>>;
  /** Newest raise first. `after` is a cursor from a former page; any other rejects with `code: 'bad-cursor'`. */
  alarms(filter: AlarmFilter, limit: number, after: string | null): Promise<Page<Alarm>>;
  /** Newest first; cursors as in `alarms`. Bounded: the oldest packets go first. */
  quarantine(
    device: DeviceCode | null,
    limit: number,
    after: string | null,
  ): Promise<Page<Quarantined & { readonly id: number }>>;
  /** Devices that packets in quarantine are of, whoever has last spoken first: the register knows which are strangers. */
  quarantinedDevices(limit: number): Promise<
    readonly {
      readonly device: DeviceCode;
      readonly packets: number;
      readonly firstAt: Millis;
      readonly lastAt: Millis;
    }[]
  >;
  /** Last durable flag: written at the end of a graceful stop. */
  stoppedCleanly(at: Millis): Promise<void>;
  close(): Promise<void>;
}
