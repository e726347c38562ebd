import type { Scope } from '../../domain/account/scope.ts';
import type { Alarm, Current, SignalNow } from '../../domain/alarm/alarm.ts';
import type { OperatorCommand } from '../../domain/alarm/commands.ts';
import type { Flood } from '../../domain/alarm/flood-story.ts';
import type { Indicators } from '../../domain/alarm/indicators.ts';
import type { CertificateFault, CertificateUse } from '../../domain/certificate.ts';
import type { DeviceCommand } from '../../domain/device-command/device-command.ts';
import type { Drill } from '../../domain/drill/drill.ts';
import type { JournaledDrilled } from '../../domain/drill/drilled.ts';
import type {
  AlarmId,
  AreaCode,
  AssetCode,
  DeviceCode,
  DrillId,
  EventSeq,
  IncidentId,
  LifelineKey,
  MetricKey,
  ModelCode,
  OrderId,
  PointCode,
  RuleId,
  WarningId,
} from '../../domain/ids.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Unjudged } from '../../domain/judge/signals/kind.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Pack } from '../../domain/pack.ts';
import type { DeviceFault, DeviceQuality } from '../../domain/quality/device.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type {
  RegisterCommand,
  RegisterDecision,
  RegisterRefusal,
  ThingOf,
} from '../../domain/register/commands.ts';
import type { ImportOutcome, ImportRow } from '../../domain/register/import.ts';
import type { Area, Asset, Device, DeviceModel, Point, WorkWindow } from '../../domain/register/register.ts';
import type { JournaledResponse } from '../../domain/response/journaled.ts';
import type { Result } from '../../domain/result.ts';
import type { Rule } from '../../domain/rule.ts';
import type { RuleCommand, RuleDraft, RuleVersion } from '../../domain/rules/change.ts';
import type { EffectiveRule, RulePlace } from '../../domain/rules/effective.ts';
import type { Bilingual } from '../../domain/text.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { Warning } from '../../domain/warning/warning.ts';
import type { Flaw, Intake, Packet } from './broker.ts';
import type { BriefFilter, DeviceStatus, JournaledEvent } from './journal.ts';
import type { OtherMachine, Switch } from './pair/pair.ts';

/** The register as of the last durable turn. Lists are in order of code. */
export interface RegisterView {
  areas(): readonly Area[];
  assets(): readonly Asset[];
  points(): readonly Point[];
  models(): readonly DeviceModel[];
  devices(): readonly Device[];
  area(code: AreaCode): Area | undefined;
  asset(code: AssetCode): Asset | undefined;
  point(code: PointCode): Point | undefined;
  model(code: ModelCode): DeviceModel | undefined;
  device(code: DeviceCode): Device | undefined;
  /** 作业窗口, also those that are over; oldest first. */
  works(): readonly WorkWindow[];
  /** Those of the point that nobody has ended early. */
  worksAt(code: PointCode): readonly WorkWindow[];
}

/** What a console that joins hears; called synchronously, in journal order, after the turn is durable. */
export interface BoardListener {
  event(e: JournaledEvent): void;
  /** What orders, warnings and incidents did, in one sequence with alarms. Left out: not asked for. */
  response?(e: JournaledResponse): void;
  /** What the probe's alarm did, which no console shows. */
  probe?(e: JournaledEvent): void;
  /** What happens in drills 演练, in one sequence with all else. Left out: not asked for. */
  drilled?(e: JournaledDrilled): void;
  /** What has become of a command to a device; in no sequence, for its page asks for it anew. Left out: not asked for. */
  commanded?(command: DeviceCommand): void;
  /** Readings of the turn, in arrival order. */
  readings(readings: readonly Reading[]): void;
}

/** A flood that is on. `area`: with everything below it; `null`: of the whole service. */
export type FloodNow = {
  readonly area: AreaCode | null;
  readonly flood: Flood;
  /** When it is over if nothing more comes. */
  readonly endsAt: Millis;
};

export interface FloodsNow {
  /** Counts up with everything that a console would see differently. */
  readonly revision: number;
  /** The whole service first, then in order of area. */
  list(): readonly FloodNow[];
}

/** Open orders, warnings and incidents, as of the last durable turn. */
export interface ResponsesNow {
  orders(): readonly Order[];
  order(id: OrderId): Order | undefined;
  incidents(): readonly Incident[];
  incident(id: IncidentId): Incident | undefined;
  /** The open incident that an alarm is in. */
  incidentOf(alarm: AlarmId): IncidentId | null;
  warnings(): readonly Warning[];
  warning(id: WarningId): Warning | undefined;
  /** Open orders that an alarm is about. */
  ordersOf(alarm: AlarmId): readonly Order[];
}

/** Drills 演练 that run and what of them is open, as of the last durable turn: in none of the lists of what is real. */
export interface DrillsNow {
  running(): readonly Drill[];
  /** Of one drill, or of all that run; in the order of the desk. */
  alarms(drill?: DrillId): readonly Alarm[];
  alarm(id: AlarmId): Alarm | undefined;
  readonly responses: ResponsesNow;
}

/** The open alarms as of the last durable turn: listener registered and snapshot taken in one synchronous step. */
export interface Board {
  readonly epoch: string;
  seq(): EventSeq;
  /** Unacknowledged first, then graver, then newest. */
  open(): readonly Alarm[];
  /** Also of a drill that runs. */
  openAlarm(id: AlarmId): Alarm | undefined;
  /** Newest value of what the alarm watches, and its worst so far beyond what the journal has. */
  live(alarm: Alarm): {
    readonly current: Current | null;
    readonly worst: Alarm['worst'];
    /** The rule's own number; `null`: it is the reading, or nothing is known of it since the start. */
    readonly signal: SignalNow | null;
    /** Times active ↔ clear within the last minute. */
    readonly flips: number;
    /** Works authorised there now, that would explain it and do not hide it: red, and only one person authorised them. */
    readonly works: WorkWindow | null;
    /** Open orders that are about it. */
    readonly orders: readonly Order[];
    readonly incident: IncidentId | null;
  };
  /** Of the open alarms of a point, those whose rule's number is not the reading. */
  signals(point: PointCode): readonly { readonly alarm: AlarmId; readonly signal: SignalNow }[];
  readonly floods: FloodsNow;
  join(listener: BoardListener): { readonly seq: EventSeq; readonly open: readonly Alarm[]; leave(): void };
  readonly responses: ResponsesNow;
  readonly drills: DrillsNow;
}

/** The rules as they are in force, how they came to be so, and what is on its way. */
export interface RulesView {
  packRule(id: RuleId): { readonly rule: Rule; readonly pack: Pack } | undefined;
  effective(lifeline: LifelineKey, place: RulePlace): readonly EffectiveRule[];
  /** Newest last; the pack's own version, from which they count on, is not among them. */
  versions(id: RuleId): readonly RuleVersion[];
  versionOf(rule: Rule): number;
  /** Oldest first. */
  drafts(): readonly RuleDraft[];
  draft(id: string): RuleDraft | undefined;
}

/** How well devices measure, for those who maintain them. */
export interface QualityView {
  of(device: DeviceCode): DeviceQuality | undefined;
  /** Of each device, kind and metric the last. */
  faults(): readonly DeviceFault[];
  openFaults(device: DeviceCode): readonly DeviceFault[];
}

/** Who writes, and who would if this machine did not. Instants are of the database's clock. */
export type PairHealth = {
  readonly epoch: number;
  readonly name: string;
  /** Seen lately. */
  readonly standbys: readonly Pick<OtherMachine, 'name' | 'version' | 'seenAt'>[];
  readonly switched: Switch | null;
};

/** State of the service for health, metrics and the console's strip. */
export type Health = {
  /** `null`: the journal is on this machine alone. */
  readonly pair: PairHealth | null;
  readonly journal: 'ok' | 'failed';
  /** Whether a packet still becomes an alarm before the consoles, as the probe finds. */
  readonly selfCheck: 'ok' | 'failing';
  readonly history: 'ok' | 'behind' | 'failing';
  readonly startedAt: Millis;
  readonly lastTurnAt: Millis | null;
  readonly audit: 'ok' | 'failing';
  /** `judged`: what arrives is judged, and neither kept nor acknowledged, since the spool is full. */
  readonly intake: 'kept' | 'judged' | 'none';
  /** What stands badly, in sentences. */
  readonly troubles: readonly Bilingual[];
  readonly spool: { readonly bytes: number; readonly turns: number; readonly oldest: Millis | null };
  /** Those in use, with the reason why peers refuse them; `null`: they do not. */
  readonly certificates: readonly {
    readonly use: CertificateUse;
    readonly endsAt: Millis;
    readonly fault: CertificateFault['code'] | null;
  }[];
};

/** What a platform below has told of a period; `open`: now. */
export type BelowCounted = { readonly source: string; readonly raised: number; readonly open: number };

/** How many alarms stand open now, and how many of those are not shown. */
export type OpenNow = { readonly open: number; readonly unacked: number } & Readonly<
  Record<Exclude<Alarm['overlay']['is'], 'none'>, number>
>;

/** What a packet would become, field by field. */
export type CheckedPacket = {
  /** Where its readings would go; `null`: nowhere. */
  readonly point: PointCode | null;
  /** The device is unknown and would be registered by this packet. */
  readonly wouldRegister: boolean;
  readonly values: readonly {
    /** As the device wrote it; `null`: no number. */
    readonly given: number | null;
    readonly deviceTime: Millis | null;
    /** The device's time cannot be believed. */
    readonly clockOff: boolean;
    readonly reading: Reading;
  }[];
  readonly frames: readonly {
    readonly metric: MetricKey;
    readonly samples: number;
    readonly dt: Duration;
    readonly observedAt: Millis;
    readonly clockOff: boolean;
  }[];
  /** What would be set aside, and what would be right. */
  readonly flaws: readonly Flaw[];
};

/** What the consoles may ask of the running service. */
export interface Service {
  readonly board: Board;
  readonly register: RegisterView;
  packs(): readonly Pack[];
  /** Rules in force at a point. */
  rulesAt(point: PointCode): readonly Rule[];
  /** Rules that can say nothing of the point although it is heard, and why. */
  unjudgedAt(point: PointCode): ReadonlyMap<RuleId, Unjudged>;
  latest(point: PointCode): readonly Reading[];
  /** When anything was last heard from the point, on our clock. */
  heardAt(point: PointCode): Millis | null;
  status(device: DeviceCode): DeviceStatus | undefined;
  /** What a packet would become if it came now; nothing is written. */
  check(packet: Pick<Packet, 'topic' | 'payload' | 'receivedAt'>): CheckedPacket;
  /** One alarm, open or over, as of the last durable turn. */
  alarm(id: AlarmId): Promise<Alarm | null>;
  /** An operator's action; resolves after it is durable. Idempotent by `commandId`. */
  act(alarm: AlarmId, command: OperatorCommand): Promise<Result<Alarm, Refusal>>;
  /** The same to several: all in one turn, each answered for itself, in their order. */
  actTogether(
    acts: readonly { readonly id: AlarmId; readonly command: OperatorCommand }[],
  ): Promise<readonly Result<Alarm, Refusal>[]>;
  readonly quality: QualityView;
  /** How the alarms did over a period, in the areas that somebody sees; what is after `now` has not happened. */
  indicators(q: {
    readonly filter: Pick<BriefFilter, 'from' | 'to' | 'lifeline' | 'area'>;
    readonly sees: (area: string) => boolean;
    readonly now: Millis;
  }): Promise<{
    readonly indicators: Indicators;
    readonly openNow: OpenNow;
    /** Of platforms below: in none of the figures. */
    readonly below: readonly BelowCounted[];
  }>;
  readonly rules: RulesView;
  /** A change of a rule goes on its way; resolves after it is durable. What it brings into force holds from then on. */
  rule(command: RuleCommand): Promise<Result<RuleDraft, Refusal>>;
  /** One change of the register: decided in the turn, resolves after it is durable. Idempotent by code. */
  changeRegister<C extends RegisterCommand>(
    command: C,
  ): Promise<Result<RegisterDecision<ThingOf<C>>, RegisterRefusal>>;
  /** A file of rows, in many turns, of which other changes see all or nothing. `trial`: nothing is taken over. */
  importRegister(file: {
    readonly rows: readonly ImportRow[];
    readonly scope: Scope;
    readonly trial: boolean;
    /** Units that the same file brings, where it is only tried. */
    readonly newUnits?: ReadonlySet<string>;
  }): Promise<ImportOutcome>;
  /** The same door that the broker uses, for platforms that push over HTTP. */
  readonly intake: Intake;
  health(): Health;
}
