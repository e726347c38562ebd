import type { z } from 'zod';
import type {
  handoverJson,
  handoverOut,
  handoverPeopleOut,
} from '../../../../src/wire/answering/handover.ts';
import type { reportJson, reportOut } from '../../../../src/wire/answering/report.ts';
import type {
  accountOut,
  oneTimeCodeOut,
  tokenCreate,
  tokenCreated,
  tokenOut,
} from '../../../../src/wire/http/accounts.ts';
import type { forecastListOut, forecastOut } from '../../../../src/wire/http/ahead/forecasts.ts';
import type { leakOrBiogasOut } from '../../../../src/wire/http/ahead/leak-or-biogas.ts';
import type { spectrumOut } from '../../../../src/wire/http/ahead/spectrum.ts';
import type { commands } from '../../../../src/wire/http/alarms.ts';
import type { drillScenarioOut, drillSheetOut } from '../../../../src/wire/http/answering/drill-routes.ts';
import type {
  diagnosisOut,
  healthIndexOut,
  riskOut,
} from '../../../../src/wire/http/answering/risk-routes.ts';
import type { anchorOut, auditOut } from '../../../../src/wire/http/audit.ts';
import type {
  citizenDraftOut,
  citizenMatchesOut,
  citizenOut,
  citizenWordsOut,
} from '../../../../src/wire/http/citizens/citizens.ts';
import type { figuresOut } from '../../../../src/wire/http/desk/figures.ts';
import type { noteOut, viewOut } from '../../../../src/wire/http/desk/kept.ts';
import type { togetherOut } from '../../../../src/wire/http/desk/together.ts';
import type { issuedOut, keyOut, revokedOut } from '../../../../src/wire/http/device-keys.ts';
import type { mappingOut, strangerOut, triedOut } from '../../../../src/wire/http/doors/mappings.ts';
import type { deviceCommandOut } from '../../../../src/wire/http/down/commands.ts';
import type { knownCommandOut, knownCommandsOut } from '../../../../src/wire/http/down/known-commands.ts';
import type { indicatorsOut } from '../../../../src/wire/http/indicators.ts';
import type { judgesOut, lifelineOut } from '../../../../src/wire/http/lifelines.ts';
import type { lossOut } from '../../../../src/wire/http/losses.ts';
import type { mapOut } from '../../../../src/wire/http/map/map.ts';
import type { channelOut, channelTestOut } from '../../../../src/wire/http/notices/channels.ts';
import type {
  contactOut,
  dutyOut,
  mobileOut,
  rosterImportOut,
  rosterOut,
  unitOut,
} from '../../../../src/wire/http/notices/people.ts';
import type {
  explainOut,
  noticeOut,
  noticeStateOut,
  policyDraftOut,
  policyKeptOut,
  policyOut,
} from '../../../../src/wire/http/notices/policies.ts';
import type {
  deviceFaultOut,
  deviceQualityOut,
  doubtfulSensorOut,
} from '../../../../src/wire/http/quality.ts';
import type { quarantinedOut } from '../../../../src/wire/http/quarantine.ts';
import type { bucketItem, latestItem } from '../../../../src/wire/http/readings.ts';
import type {
  areaOut,
  assetOut,
  deviceOut,
  drawingOut,
  importOut,
  modelOut,
  pointOut,
} from '../../../../src/wire/http/register.ts';
import type { orderAlarmOut, orderNamesOut } from '../../../../src/wire/http/response/crew-routes.ts';
import type { attachmentOut, clockPolicyOut } from '../../../../src/wire/http/response/orders.ts';
import type { nearbyOut, planOut, resourceOut } from '../../../../src/wire/http/response/resource-routes.ts';
import type { backtestOut, trialOut } from '../../../../src/wire/http/rules/backtest.ts';
import type {
  effectiveRuleOut,
  ruleDraftOut,
  ruleVersionOut,
} from '../../../../src/wire/http/rules/rules.ts';
import type { suggestionOut } from '../../../../src/wire/http/rules/suggestion.ts';
import type {
  factorBegunOut,
  factorConfirmedOut,
  loginNoticeOut,
  meOut,
} from '../../../../src/wire/http/session.ts';
import type { checkOut } from '../../../../src/wire/http/telemetry-check.ts';
import type { differenceOut, upItemOut, upstreamsOut } from '../../../../src/wire/http/upstream/upstreams.ts';
import type { drillJson } from '../../../../src/wire/response/drill.ts';
import type { incidentEventOut, incidentJson, incidentOut } from '../../../../src/wire/response/incident.ts';
import type { orderEventOut, orderJson } from '../../../../src/wire/response/order.ts';
import type { warningEventOut, warningJson, warningOut } from '../../../../src/wire/response/warning.ts';

/** What the public interface answers, by its own schemas: the console has no picture of it beside them. */
export type Page<T> = { readonly items: readonly T[]; readonly next: string | null };

export type Me = z.infer<typeof meOut>;
export type Right = Me['permissions'][number];
export type LoginNotice = z.infer<typeof loginNoticeOut>;
export type FactorBegun = z.infer<typeof factorBegunOut>;
export type FactorConfirmed = z.infer<typeof factorConfirmedOut>;

export type Account = z.infer<typeof accountOut>;
/** Of an account that was just made or reset. */
export type OneTimeCode = z.infer<typeof oneTimeCodeOut>;
export type Token = z.infer<typeof tokenOut>;
export type TokenCreated = z.infer<typeof tokenCreated>;
export type MachineRole = z.infer<typeof tokenCreate>['role'];
export type AuditEntry = z.infer<typeof auditOut>;
export type AuditAnchor = z.infer<typeof anchorOut>;

/** Of a device, or of a system that reads alarms. */
export type Credential = z.infer<typeof keyOut>;
export type Issued = z.infer<typeof issuedOut>;
export type Revoked = z.infer<typeof revokedOut>;

export type Lifeline = z.infer<typeof lifelineOut>;
/** How the house has set its map, and the files that could be its base. */
export type HouseMap = z.infer<typeof mapOut>;
export type Area = z.infer<typeof areaOut>;
export type Asset = z.infer<typeof assetOut>;
export type Point = z.infer<typeof pointOut>;
export type Device = z.infer<typeof deviceOut>;
export type DeviceModel = z.infer<typeof modelOut>;
export type ImportReport = z.infer<typeof importOut>;
export type DrawingReport = z.infer<typeof drawingOut>;
export type DeviceFault = z.infer<typeof deviceFaultOut>;
export type DoubtfulSensor = z.infer<typeof doubtfulSensorOut>;
export type DeviceCommand = z.infer<typeof deviceCommandOut>;
export type KnownCommand = z.infer<typeof knownCommandOut>;
export type KnownCommands = z.infer<typeof knownCommandsOut>;
export type DeviceQuality = z.infer<typeof deviceQualityOut>;

export type Latest = z.infer<typeof latestItem>;
/** Of bad readings only: `n` is 0 and there are no values. */
export type BucketJson = z.infer<typeof bucketItem>;
export type Upstreams = z.infer<typeof upstreamsOut>;
export type UpstreamItem = z.infer<typeof upItemOut>;
export type UpstreamDifference = z.infer<typeof differenceOut>;
export type Stranger = z.infer<typeof strangerOut>;
export type Mapping = z.infer<typeof mappingOut>;
export type MappingTried = z.infer<typeof triedOut>;
export type Quarantined = z.infer<typeof quarantinedOut>;
export type Checked = z.infer<typeof checkOut>;
export type Loss = z.infer<typeof lossOut>;

export type AlarmFigures = z.infer<typeof figuresOut>;
/** A filter or picture that is kept under a name. */
export type View = z.infer<typeof viewOut>;
/** What somebody wrote beside a curve. */
export type SeriesNote = z.infer<typeof noteOut>;
export type DoneTogether = z.infer<typeof togetherOut>;
export type Verb = keyof typeof commands;
export type Indicators = z.infer<typeof indicatorsOut>;
export type Noisy = Indicators['top'][number];

/** A rule as it is in force, and whose numbers those are. */
export type EffectiveRule = z.infer<typeof effectiveRuleOut>;
export type StepNumbers = EffectiveRule['numbers'][number];
/** Whose number it is. */
export type From = StepNumbers['enabled']['from'];
export type Judges = z.infer<typeof judgesOut>;
export type Version = z.infer<typeof ruleVersionOut>;
export type Draft = z.infer<typeof ruleDraftOut>;
export type Change = Draft['change'];
export type Trial = z.infer<typeof trialOut>;
export type Backtest = z.infer<typeof backtestOut>;
export type Suggestion = z.infer<typeof suggestionOut>;
export type SuggestedStep = Suggestion['steps'][number];

export type Notice = z.infer<typeof noticeOut>;
export type NoticeState = z.infer<typeof noticeStateOut>;
export type Channel = z.infer<typeof channelOut>;
export type Contact = z.infer<typeof contactOut>;
export type Unit = z.infer<typeof unitOut>;
export type Roster = z.infer<typeof rosterOut>;
export type RosterImport = z.infer<typeof rosterImportOut>;
export type Duty = z.infer<typeof dutyOut>;
export type Mobile = z.infer<typeof mobileOut>;
export type ChannelTested = z.infer<typeof channelTestOut>;
export type NoticePolicy = z.infer<typeof policyOut>;
export type PolicyDraft = z.infer<typeof policyDraftOut>;
/** In force, or waiting for a second person. */
export type PolicyKept = z.infer<typeof policyKeptOut>;
export type NoticeExplanation = z.infer<typeof explainOut>;

/** An order 工单, the same over HTTP and on the live stream. */
export type Order = z.infer<typeof orderJson>;
export type OrderEvent = z.infer<typeof orderEventOut>;
export type OrderNames = z.infer<typeof orderNamesOut>;
/** An alarm of an order, without who else works on it: also for a crew, which sees no others. */
export type OrderAlarm = z.infer<typeof orderAlarmOut>;
export type ClockPolicy = z.infer<typeof clockPolicyOut>;
export type Attachment = z.infer<typeof attachmentOut>;
/** A warning as lists and the live stream tell it. */
export type Warning = z.infer<typeof warningJson>;
/** With what stands against its lifting. */
export type WarningFile = z.infer<typeof warningOut>;
export type WarningEvent = z.infer<typeof warningEventOut>;
export type WarningMessage = Warning['messages'][number];
/** An incident as lists and the live stream tell it. */
export type Incident = z.infer<typeof incidentJson>;
/** With its orders and warnings. */
export type IncidentFile = z.infer<typeof incidentOut>;
export type IncidentEvent = z.infer<typeof incidentEventOut>;
/** A hand-over as lists and the live stream tell it. */
export type Handover = z.infer<typeof handoverJson>;
/** With what was handed over. */
export type HandoverFile = z.infer<typeof handoverOut>;
export type HandoverPeople = z.infer<typeof handoverPeopleOut>;
/** A report as lists and the live stream tell it. */
export type Report = z.infer<typeof reportJson>;
/** With its figures. */
export type ReportFile = z.infer<typeof reportOut>;
export type Plan = z.infer<typeof planOut>;
export type Resource = z.infer<typeof resourceOut>;
export type Nearby = z.infer<typeof nearbyOut>;
export type Forecast = z.infer<typeof forecastOut>;
export type ForecastsAhead = z.infer<typeof forecastListOut>;
export type LeakOrBiogas = z.infer<typeof leakOrBiogasOut>;
export type SpectrumOfPoint = z.infer<typeof spectrumOut>;

export type CitizenReport = z.infer<typeof citizenOut>;
export type CitizenMatches = z.infer<typeof citizenMatchesOut>;
export type CitizenMatch = CitizenMatches['items'][number];
export type CitizenAnswerDraft = z.infer<typeof citizenDraftOut>;
export type CitizenWords = z.infer<typeof citizenWordsOut>;
export type Drill = z.infer<typeof drillJson>;
export type DrillSheet = z.infer<typeof drillSheetOut>;
export type DrillScenario = z.infer<typeof drillScenarioOut>;

export type Risk = z.infer<typeof riskOut>;
/** One finding of the six steps. */
export type Diagnosis = z.infer<typeof diagnosisOut>;
export type HealthIndex = z.infer<typeof healthIndexOut>;
