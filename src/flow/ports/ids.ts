import type {
  AlarmId,
  CitizenReportId,
  DeviceCommandId,
  DrillId,
  HandoverId,
  IncidentId,
  OrderId,
  ReportId,
  WarningId,
} from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';

/** A secret of 128 random bits that is given away once, and what is kept of it. */
export interface Tokens {
  mint(): { readonly token: string; readonly hash: string };
  /** Compares nothing: a hash is looked up, and a token cannot be found by how long that takes. */
  hashOf(token: string): string;
}

/** Source of ids: unique, sortable by time. */
export interface Ids {
  alarm(now: Millis): AlarmId;
}

/** The same for what follows an alarm. */
export interface ResponseIds {
  order(now: Millis): OrderId;
  warning(now: Millis): WarningId;
  incident(now: Millis): IncidentId;
  handover(now: Millis): HandoverId;
  report(now: Millis): ReportId;
}

/** The same for commands to devices. */
export interface DeviceCommandIds {
  deviceCommand(now: Millis): DeviceCommandId;
}

/** And for what citizens have said. */
export interface CitizenIds {
  citizenReport(now: Millis): CitizenReportId;
}

/** And for drills. */
export interface DrillIds {
  drill(now: Millis): DrillId;
  /** Of a finding. */
  finding(now: Millis): string;
}
