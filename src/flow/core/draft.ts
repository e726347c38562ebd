import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AlarmEvent } from '../../domain/alarm/events.ts';
import type { CitizenEntry } from '../../domain/citizen/citizen-report.ts';
import type { DeviceCommand } from '../../domain/device-command/device-command.ts';
import { type DrillHappened, drillIn, type JournaledDrilled } from '../../domain/drill/drilled.ts';
import {
  as,
  type CitizenReportId,
  type DeviceCommandId,
  type EventSeq,
  type PointCode,
  type TurnNumber,
} from '../../domain/ids.ts';
import type { ClockMemory } from '../../domain/judge/clock.ts';
import type { NoticeEntry } from '../../domain/notice/entry.ts';
import type { Frame, Reading } from '../../domain/reading.ts';
import type { RegisterChange } from '../../domain/register/register.ts';
import type { Filed } from '../../domain/response/filed.ts';
import type { JournaledResponse, ResponseHappened } from '../../domain/response/journaled.ts';
import type { RuleBookChange } from '../../domain/rules/change.ts';
import type { Millis } from '../../domain/time.ts';
import type { ExchangeEntry } from '../../domain/upstream/entry.ts';
import { PROBE } from '../../packs/probe.ts';
import type {
  CommandAnswer,
  DeviceEvent,
  DeviceStatus,
  JournaledEvent,
  Quarantined,
} from '../ports/journal.ts';

/** A turn being written: what the core has decided so far and the journal has not yet got. */
export class Draft {
  readonly readings: Reading[] = [];
  readonly frames: Frame[] = [];
  readonly stock: Reading[] = [];
  /** What is believed of the clocks of points that were heard, where there is something to be said. */
  clocks = new Map<PointCode, ClockMemory | null>();
  /** See `TurnRecord`. */
  readonly shown: Reading[] = [];
  readonly owedReadings: Reading[] = [];
  readonly owedFrames: Frame[] = [];
  readonly quarantined: Quarantined[] = [];
  readonly statuses: DeviceStatus[] = [];
  readonly deviceEvents: DeviceEvent[] = [];
  readonly register: RegisterChange[] = [];
  readonly rules: RuleBookChange[] = [];
  readonly events: JournaledEvent[] = [];
  /** Events of orders, warnings and incidents, in one sequence with those of alarms. */
  readonly responses: JournaledResponse[] = [];
  /** What happens in drills, in one sequence with both: apart from them, so that nobody takes it for real. */
  readonly drilled: JournaledDrilled[] = [];
  readonly filed: Filed[] = [];
  readonly told: NoticeEntry[] = [];
  /** Commands to devices, each as it last was in this turn. */
  readonly commands = new Map<DeviceCommandId, DeviceCommand>();
  /** Reports of citizens, each as it last was in this turn. */
  readonly citizens = new Map<CitizenReportId, CitizenEntry>();
  /** What goes up, and what was taken from below. */
  readonly exchanged: ExchangeEntry[] = [];
  readonly answers: CommandAnswer[] = [];
  /** What the probe's alarm did: in no numbering, for no person. */
  readonly probe: JournaledEvent[] = [];
  readonly turn: TurnNumber;
  readonly at: Millis;
  #seq: EventSeq;

  constructor(turn: TurnNumber, at: Millis, lastSeq: EventSeq) {
    this.turn = turn;
    this.at = at;
    this.#seq = lastSeq;
  }

  event(event: AlarmEvent, after: Alarm): void {
    if (after.lifeline === PROBE.lifeline) {
      this.probe.push({ seq: this.#seq, event, after });
      return;
    }
    if (after.drill !== undefined) {
      this.drill({ of: 'alarm', event, after });
      return;
    }
    this.#seq = as.seq(this.#seq + 1);
    this.events.push({ seq: this.#seq, event, after });
  }

  respond(what: ResponseHappened): void {
    if (drillIn(what.after) !== undefined) {
      this.drill(what);
      return;
    }
    this.#seq = as.seq(this.#seq + 1);
    this.responses.push({ ...what, seq: this.#seq });
  }

  command(after: DeviceCommand): void {
    this.commands.set(after.id, after);
  }

  drill(what: DrillHappened): void {
    this.#seq = as.seq(this.#seq + 1);
    this.drilled.push({ ...what, seq: this.#seq });
  }

  /** Nothing was decided that must be written. */
  get isEmptyOfAnswers(): boolean {
    return (
      this.register.length === 0 &&
      this.told.length === 0 &&
      this.exchanged.length === 0 &&
      this.responses.length === 0 &&
      this.commands.size === 0 &&
      this.citizens.size === 0 &&
      this.drilled.length === 0 &&
      this.filed.length === 0
    );
  }

  get lastSeq(): EventSeq {
    return this.#seq;
  }
}
