import { setImmediate as nextRound } from 'node:timers/promises';
import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AlarmEvent, ChangeKind } from '../../domain/alarm/events.ts';
import type { BriefEvent } from '../../domain/alarm/indicators.ts';
import type { CitizenEntry } from '../../domain/citizen/citizen-report.ts';
import type { DeviceCommand } from '../../domain/device-command/device-command.ts';
import type { JournaledDrilled } from '../../domain/drill/drilled.ts';
import { as } from '../../domain/ids.ts';
import type { PointMemory } from '../../domain/judge/memory.ts';
import type { NoticeEntry } from '../../domain/notice/entry.ts';
import type { RegisterChange } from '../../domain/register/register.ts';
import type { Filed } from '../../domain/response/filed.ts';
import type { JournaledResponse, ResponseStep } from '../../domain/response/journaled.ts';
import type { RuleBookChange } from '../../domain/rules/change.ts';
import type { ExchangeEntry } from '../../domain/upstream/entry.ts';
import type { CommandAnswer, DeviceStatus, JournaledEvent, Recovered } from '../../flow/ports/journal.ts';
import { fromExactJson } from '../../wire/files/exact-json.ts';
import { ofToday } from './older-memories.ts';
import type { AnyEventTexts, BriefRow, CitizenTexts, EventTexts, OpenedJournal } from './protocol.ts';

/** What a start needs, of its rows. */
export function recovered(opened: OpenedJournal): Recovered {
  return {
    epoch: opened.epoch,
    cleanStop: opened.cleanStop,
    lastTurn: as.turn(opened.lastTurn),
    lastAt: opened.lastAt,
    lastSeq: as.seq(opened.lastSeq),
    register: opened.register.map((r) => JSON.parse(r.text) as RegisterChange),
    rules: opened.rules.map((text) => JSON.parse(text) as RuleBookChange),
    openAlarmEvents: opened.openAlarmEvents.map(toEvent),
    openDrilled: opened.openDrilled.map(toDrilled),
    openResponses: opened.openResponses.map(
      (r) => ({ seq: as.seq(r.seq), of: r.kind, event: JSON.parse(r.event) }) as ResponseStep,
    ),
    lastOrderNo: opened.lastOrder === null ? null : (JSON.parse(opened.lastOrder) as { no: string }).no,
    messageIds: opened.messageIds,
    filed: opened.filed.map((text) => JSON.parse(text) as Filed),
    memories: opened.memories.map((m) => ({
      point: as.point(m.point),
      turn: as.turn(m.turn),
      memory: ofToday(fromExactJson(m.text) as PointMemory),
    })),
    answers: opened.answers.map((text) => JSON.parse(text) as CommandAnswer),
    statuses: opened.statuses.map((text) => JSON.parse(text) as DeviceStatus),
    openCommands: opened.openCommands.map(toCommand),
    openCitizens: opened.openCitizens.map(toCitizen),
    told: opened.told.map((text) => JSON.parse(text) as NoticeEntry),
    exchanged: opened.exchanged.map((text) => JSON.parse(text) as ExchangeEntry),
    listened: opened.listened.flatMap((text) => JSON.parse(text) as Recovered['listened']),
    clockMoves: opened.clockMoves.flatMap((text) => JSON.parse(text) as Recovered['clockMoves']),
    ...(opened.wentBack === undefined
      ? {}
      : { wentBack: { from: as.turn(opened.wentBack.from), to: as.turn(opened.wentBack.to) } }),
  };
}

export const toCitizen = ({ text, words }: CitizenTexts): CitizenEntry => ({
  report: JSON.parse(text) as CitizenEntry['report'],
  words: words === null ? null : (JSON.parse(words) as CitizenEntry['words']),
});
export const toCommand = (text: string): DeviceCommand => JSON.parse(text) as DeviceCommand;
export const toAlarm = (text: string): Alarm => JSON.parse(text) as Alarm;

export const toBrief = (r: BriefRow): BriefEvent => ({
  at: r.at,
  kind: r.kind as ChangeKind,
  alarm: r.alarm,
  hidden: r.hidden === 1,
  raisedAt: r.raisedAt,
  level: r.level as Alarm['level'],
  lifeline: as.lifeline(r.lifeline),
  area: r.area,
  point: as.point(r.point),
  pointName: r.pointName,
  asset: r.asset === null ? null : as.asset(r.asset),
  assetName: r.assetName,
  rule: as.rule(r.rule),
  ruleName: JSON.parse(r.ruleName) as Alarm['ruleName'],
  verdict: r.verdict as BriefEvent['verdict'],
  // Kept beside an alarm only since platforms below are told apart.
  from: r.from ?? null,
});

export const toEvent = (e: EventTexts): JournaledEvent => ({
  seq: as.seq(e.seq),
  event: JSON.parse(e.event) as AlarmEvent,
  after: toAlarm(e.after),
});

export const toResponse = (e: AnyEventTexts): JournaledResponse =>
  ({
    seq: as.seq(e.seq),
    of: e.kind,
    event: JSON.parse(e.event),
    after: JSON.parse(e.after),
  }) as JournaledResponse;

export const toDrilled = (e: AnyEventTexts): JournaledDrilled => toResponse(e) as JournaledDrilled;

/** A long answer is parsed a piece at a time: this thread is the one that judges readings. */
export async function inSlices<A, B>(items: readonly A[], parse: (item: A) => B): Promise<B[]> {
  const parsed: B[] = [];
  for (const [i, item] of items.entries()) {
    if (i > 0 && i % 200 === 0) await nextRound();
    parsed.push(parse(item));
  }
  return parsed;
}
