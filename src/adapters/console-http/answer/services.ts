import type { DeviceCode } from '../../../domain/ids.ts';
import type { Accounts } from '../../../flow/ports/accounts.ts';
import type { Forecasts } from '../../../flow/ports/ahead/forecasts.ts';
import type { LeakSigns } from '../../../flow/ports/ahead/leak-signs.ts';
import type { Citizens } from '../../../flow/ports/answering/citizens.ts';
import type { Drills } from '../../../flow/ports/answering/drills.ts';
import type { ExportProfiles } from '../../../flow/ports/answering/export-profiles.ts';
import type { Handovers } from '../../../flow/ports/answering/handovers.ts';
import type { Reports } from '../../../flow/ports/answering/reports.ts';
import type { Risks } from '../../../flow/ports/answering/risks.ts';
import type { Audit } from '../../../flow/ports/audit.ts';
import type { Backtests } from '../../../flow/ports/backtests.ts';
import type { Clock } from '../../../flow/ports/clock.ts';
import type { DeviceCredentials } from '../../../flow/ports/device-keys.ts';
import type { Doors } from '../../../flow/ports/doors.ts';
import type { DeviceCommands } from '../../../flow/ports/down/commands.ts';
import type { DoorHeard } from '../../../flow/ports/frames/frame-desk.ts';
import type { History } from '../../../flow/ports/history.ts';
import type { Journal } from '../../../flow/ports/journal.ts';
import type { Log } from '../../../flow/ports/log.ts';
import type { LossLedger } from '../../../flow/ports/losses.ts';
import type { Maps, ReadDrawing } from '../../../flow/ports/maps.ts';
import type { Meters } from '../../../flow/ports/meters.ts';
import type { Notices } from '../../../flow/ports/notices.ts';
import type { Attachments, PackBundle, Responses } from '../../../flow/ports/responses.ts';
import type { Service } from '../../../flow/ports/service.ts';
import type { WriteSheet } from '../../../flow/ports/sheets.ts';
import type { Suggestions } from '../../../flow/ports/suggestions.ts';
import type { Upstreams } from '../../../flow/ports/upstream/upstreams.ts';
import type { CapIssuer } from '../../../wire/files/cap.ts';
import type { ListensAt } from '../../../wire/live/asyncapi.ts';

/** What the routes are answered from. */
export type Services = {
  readonly service: Service;
  readonly journal: Pick<
    Journal,
    'alarms' | 'drilled' | 'drilledEvents' | 'eventsOf' | 'quarantine' | 'quarantinedDevices'
  > &
    Pick<LossLedger, 'losses'>;
  readonly history: Pick<History, 'raw' | 'buckets' | 'frames'>;
  readonly accounts: Accounts;
  readonly audit: Audit;
  readonly keys: DeviceCredentials;
  readonly backtests: Backtests;
  readonly suggestions: Suggestions;
  readonly forecasts: Forecasts;
  readonly leakSigns: LeakSigns;
  readonly notices: Notices;
  readonly responses: Responses;
  readonly handovers: Handovers;
  readonly reports: Reports;
  readonly upstreams: Upstreams;
  readonly drills: Drills;
  readonly risks: Risks;
  readonly citizens: Citizens;
  readonly exportProfiles: ExportProfiles;
  readonly attachments: Attachments;
  readonly packBundle: PackBundle;
  readonly writeSheet: WriteSheet;
  readonly maps: Maps;
  readonly readDrawing: ReadDrawing;
  /** Who warns, in CAP messages. */
  readonly capIssuer: CapIssuer;
  readonly commands: DeviceCommands;
  readonly doors: Doors;
  /** How a device was last heard through a door of another protocol. */
  readonly doorHeard: (device: DeviceCode) => DoorHeard | undefined;
  /** Tokens agreed on with platforms that push, by the name of the mapping. */
  readonly doorSecrets: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  /** A red alarm is shelved at all; left out: it is. */
  readonly shelveLevel1?: boolean;
  /** A red alarm is shelved by two. */
  readonly secondPersonForLevel1?: boolean;
  /** That a red alarm is no danger is judged by two. */
  readonly secondPersonToAssess?: boolean;
  /** Persons a side that a hand-over needs; left out: one. */
  readonly handoverPersons?: number;
  /** Shown before a log-in. */
  readonly loginBanner?: string | null;
  readonly version: string;
  /** Where MQTT and the live stream are; left out, and before it is known: as by default. */
  readonly listening?: () => ListensAt | null;
  /** Where the broker listens, so that the page can say how a device sends; null: not yet. */
  readonly mqttPort?: () => number | null;
};
