declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

/** A pack's key: `gas`, `waterlogging`, `manhole`, `bridge`, … */
export type LifelineKey = Branded<string, 'LifelineKey'>;
/** Administrative code of an area, e.g. `341602` (谯城区). */
export type AreaCode = Branded<string, 'AreaCode'>;
export type AssetCode = Branded<string, 'AssetCode'>;
/** A monitoring point 监测点: history, rules and alarms belong to it, not to the device installed there. */
export type PointCode = Branded<string, 'PointCode'>;
/** A device 监测设备, `[A-Za-z0-9_-]{1,64}`. */
export type DeviceCode = Branded<string, 'DeviceCode'>;
/** A model 型号 of devices. */
export type ModelCode = Branded<string, 'ModelCode'>;
export type MetricKey = Branded<string, 'MetricKey'>;
export type RuleId = Branded<string, 'RuleId'>;
export type AlarmId = Branded<string, 'AlarmId'>;
/** A unit 单位: who owns, watches over or mends something. */
export type UnitCode = Branded<string, 'UnitCode'>;
export type ContactId = Branded<string, 'ContactId'>;
export type ChannelId = Branded<string, 'ChannelId'>;
export type PolicyId = Branded<string, 'PolicyId'>;
export type NoticeId = Branded<string, 'NoticeId'>;
/** A work order 工单. */
export type OrderId = Branded<string, 'OrderId'>;
/** A warning 预警 that is drafted or issued. */
export type WarningId = Branded<string, 'WarningId'>;
/** An incident 事件: alarms that belong together. */
export type IncidentId = Branded<string, 'IncidentId'>;
/** A hand-over 交接班 from one shift to the next. */
export type HandoverId = Branded<string, 'HandoverId'>;
/** A report 报告 over a period. */
export type ReportId = Branded<string, 'ReportId'>;
/** A command 指令 to a device. */
export type DeviceCommandId = Branded<string, 'DeviceCommandId'>;
/** A drill 演练 in the running service. */
export type DrillId = Branded<string, 'DrillId'>;
/** 市民诉求: what a citizen has told a hotline. */
export type CitizenReportId = Branded<string, 'CitizenReportId'>;
/** A kept file, by its SHA-256. */
export type AttachmentId = Branded<string, 'AttachmentId'>;
/** Chosen by the client that gives an operator's command; makes a retry harmless. */
export type CommandId = Branded<string, 'CommandId'>;
/** Position in the journal of events of alarms, orders, warnings and incidents: 1, 2, 3 … without gaps. */
export type EventSeq = Branded<number, 'EventSeq'>;
/** Number of a committed turn: 1, 2, 3 … ; also the cursor of the drain. */
export type TurnNumber = Branded<number, 'TurnNumber'>;

/** Marks a checked plain value as an id; only edges (wire, adapters, packs, tests) and id makers call it. */
export const as = {
  lifeline: (s: string) => s as LifelineKey,
  area: (s: string) => s as AreaCode,
  asset: (s: string) => s as AssetCode,
  point: (s: string) => s as PointCode,
  device: (s: string) => s as DeviceCode,
  model: (s: string) => s as ModelCode,
  metric: (s: string) => s as MetricKey,
  rule: (s: string) => s as RuleId,
  alarm: (s: string) => s as AlarmId,
  command: (s: string) => s as CommandId,
  unit: (s: string) => s as UnitCode,
  contact: (s: string) => s as ContactId,
  channel: (s: string) => s as ChannelId,
  policy: (s: string) => s as PolicyId,
  notice: (s: string) => s as NoticeId,
  order: (s: string) => s as OrderId,
  warning: (s: string) => s as WarningId,
  incident: (s: string) => s as IncidentId,
  handover: (s: string) => s as HandoverId,
  report: (s: string) => s as ReportId,
  deviceCommand: (s: string) => s as DeviceCommandId,
  drill: (s: string) => s as DrillId,
  citizenReport: (s: string) => s as CitizenReportId,
  attachment: (s: string) => s as AttachmentId,
  seq: (n: number) => n as EventSeq,
  turn: (n: number) => n as TurnNumber,
} as const;
