import { evolveHandover } from '../handover/evolve.ts';
import { type Handover, type HandoverEvent, isHandoverOpen } from '../handover/handover.ts';
import type { AlarmId, EventSeq } from '../ids.ts';
import { evolveIncident } from '../incident/evolve.ts';
import { type Incident, type IncidentEvent, isIncidentOpen } from '../incident/incident.ts';
import type { Notice, NoticeLoss } from '../notice/notice.ts';
import type { OrderEvent } from '../order/events.ts';
import { evolveOrder } from '../order/evolve.ts';
import { isOrderOpen, type Order } from '../order/order.ts';
import { evolveReport } from '../report/evolve.ts';
import { isReportOpen, type Report, type ReportEvent } from '../report/report.ts';
import type { WarningEvent } from '../warning/commands.ts';
import { evolveWarning } from '../warning/evolve.ts';
import { isWarningOpen, type Warning } from '../warning/warning.ts';

type Living =
  | { readonly of: 'order'; readonly event: OrderEvent; readonly after: Order }
  | { readonly of: 'warning'; readonly event: WarningEvent; readonly after: Warning }
  | { readonly of: 'incident'; readonly event: IncidentEvent; readonly after: Incident }
  | { readonly of: 'handover'; readonly event: HandoverEvent; readonly after: Handover }
  | { readonly of: 'report'; readonly event: ReportEvent; readonly after: Report };
/** What is told once and lives no further: that a notice did not arrive. */
type Happened = Living | { readonly of: 'notice'; readonly event: NoticeLoss; readonly after: Notice };

/** An event of an order, warning or incident, or that a notice did not arrive, in its place in the journal, with the thing as it was right after it. */
export type JournaledResponse = Happened & { readonly seq: EventSeq };
/** Before it has its place. */
export type ResponseHappened = Happened;
export type ResponseKind = Happened['of'];
export type JournaledOf<K extends ResponseKind> = Extract<JournaledResponse, { readonly of: K }>;

/** The same without what came of it: enough to come to it again. */
export type ResponseStep = Living extends infer H
  ? H extends Living
    ? Pick<H, 'of' | 'event'> & { readonly seq: EventSeq }
    : never
  : never;

/** One of what lives by such events, and of which kind it is. */
export type ResponseThing = Living extends infer H
  ? H extends Living
    ? Pick<H, 'of' | 'after'>
    : never
  : never;

type AnyThing = ResponseThing | { readonly of: 'notice'; readonly after: Notice };

export function isOpenResponse(t: AnyThing): boolean {
  if (t.of === 'notice') return false;
  if (t.of === 'order') return isOrderOpen(t.after);
  if (t.of === 'handover') return isHandoverOpen(t.after);
  if (t.of === 'report') return isReportOpen(t.after);
  return t.of === 'warning' ? isWarningOpen(t.after) : isIncidentOpen(t.after);
}

/** Where it lies: whoever sees one of these sees it. */
export function areasOf(t: AnyThing): readonly string[] {
  if (t.of === 'notice') return [t.after.area ?? ''];
  // Of the whole city: for those who see all of it.
  if (t.of === 'handover') return t.after.areas.length === 0 ? [''] : t.after.areas;
  if (t.of === 'report') return [t.after.area ?? ''];
  return t.of === 'order' ? [t.after.place.area] : t.after.areas;
}

/** Alarms that it is about from this event on: the file of each shows it, also when it is about them no more. */
export function alarmsTaken({ event: { change } }: Pick<Happened, 'event'>): readonly AlarmId[] {
  switch (change.kind) {
    case 'created':
      return change.birth.alarms;
    case 'linked':
      return change.alarms;
    case 'drafted':
      return change.birth.basis.alarms;
    case 'made':
      return change.birth.members.map((m) => m.alarm);
    case 'joined':
      return change.members.map((m) => m.alarm);
    default:
      return [];
  }
}

/** What lists filter by. */
export function listed(t: AnyThing): {
  readonly id: string;
  readonly kind: ResponseKind;
  readonly open: boolean;
  readonly state: string;
  readonly level: number;
  readonly lifeline: string;
  readonly area: string;
  readonly unit: string | null;
} {
  const { id, state } = t.after;
  const level = t.of === 'handover' || t.of === 'report' ? 0 : t.after.level;
  const lifeline =
    t.of === 'incident'
      ? (t.after.lifelines[0] ?? '')
      : t.of === 'notice' || t.of === 'handover' || t.of === 'report'
        ? ''
        : t.after.lifeline;
  const unit = t.of === 'order' ? t.after.unit : null;
  return { id, kind: t.of, open: isOpenResponse(t), state, level, lifeline, area: areasOf(t)[0] ?? '', unit };
}

/** Comes to a thing again by its steps. */
export function evolved(before: ResponseThing | null, step: ResponseStep): ResponseThing {
  if (step.of === 'order')
    return { of: 'order', after: evolveOrder((before?.after ?? null) as Order | null, step.event) };
  if (step.of === 'warning')
    return { of: 'warning', after: evolveWarning((before?.after ?? null) as Warning | null, step.event) };
  if (step.of === 'handover')
    return { of: 'handover', after: evolveHandover((before?.after ?? null) as Handover | null, step.event) };
  if (step.of === 'report')
    return { of: 'report', after: evolveReport((before?.after ?? null) as Report | null, step.event) };
  return { of: 'incident', after: evolveIncident((before?.after ?? null) as Incident | null, step.event) };
}
