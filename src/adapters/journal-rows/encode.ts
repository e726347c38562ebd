import { citizenKey } from '../../domain/citizen/citizen-report.ts';
import { isCommandOpen } from '../../domain/device-command/device-command.ts';
import { drillOf, isRunningDrill, type JournaledDrilled } from '../../domain/drill/drilled.ts';
import { entryAlarm, entryKey, isNeeded } from '../../domain/notice/entry.ts';
import { faultKey } from '../../domain/quality/device.ts';
import type { RegisterChange } from '../../domain/register/register.ts';
import { filedKey } from '../../domain/response/filed.ts';
import { alarmsTaken, type JournaledResponse, listed } from '../../domain/response/journaled.ts';
import { unreachable } from '../../domain/result.ts';
import { exchangeKey, isExchangeNeeded } from '../../domain/upstream/entry.ts';
import type { JournaledEvent, Quarantined, TurnRecord } from '../../flow/ports/journal.ts';
import { toExactJson } from '../../wire/files/exact-json.ts';
import { encodeSpool } from '../../wire/files/spool.ts';
import type { DrilledRow, EventRow, ResponseRow, TurnRow } from './protocol.ts';

/** A turn as texts and bytes. Runs on the main thread, in the call: what changes afterwards is not in it. */
export function encodeTurn(r: TurnRecord): TurnRow {
  const { owed } = r;
  const readings = owed === undefined ? r.readings : [...owed.readings, ...r.readings];
  const frames = owed === undefined ? r.frames : [...owed.frames, ...r.frames];
  const empty =
    readings.length === 0 && frames.length === 0 && r.stock === undefined && r.clocks === undefined;
  return {
    turn: r.turn,
    at: r.at,
    memoriesKeptUpTo: r.memoriesKeptUpTo,
    body: empty ? null : encodeSpool(readings, frames, r.stock, r.clocks),
    events: r.events.map(encodeEvent),
    responses: (r.responses ?? []).map(encodeResponse),
    drilled: (r.drilled ?? []).map(encodeDrilled),
    filed: (r.filed ?? []).map((f) => ({ code: filedKey(f), text: JSON.stringify(f) })),
    probe: r.probe === undefined ? null : JSON.stringify(r.probe),
    memories: r.memories.map((m) => ({ point: m.point, text: toExactJson(m.memory) })),
    register: r.register.map(encodeRegister),
    rules: r.rules.map((change) => {
      const text = JSON.stringify(change);
      return change.kind === 'draft'
        ? { kind: change.kind, id: change.draft.id, text }
        : { kind: change.kind, rule: change.version.rule, version: change.version.version, text };
    }),
    statuses: r.statuses.map((s) => ({ device: s.device, text: JSON.stringify(s) })),
    told: (r.told ?? []).map((e) => ({
      code: entryKey(e),
      alarm: entryAlarm(e),
      needed: isNeeded(e) ? 1 : 0,
      text: JSON.stringify(e),
    })),
    commands: (r.commands ?? []).map((c) => ({
      id: c.id,
      device: c.device,
      open: isCommandOpen(c) ? 1 : 0,
      text: JSON.stringify(c),
    })),
    exchanged: (r.exchanged ?? []).map((e) => ({
      code: exchangeKey(e),
      needed: isExchangeNeeded(e) ? 1 : 0,
      text: JSON.stringify(e),
    })),
    citizens: (r.citizens ?? []).map(({ report, words }) => ({
      id: report.id,
      key: citizenKey(report),
      state: report.state,
      lifeline: report.lifeline,
      area: report.area,
      order: report.order,
      incident: report.incident,
      overAt: report.overAt,
      erased: words === null ? 1 : 0,
      text: JSON.stringify(report),
      words: words === null ? null : JSON.stringify(words),
    })),
    listened: r.listened === undefined ? null : JSON.stringify(r.listened),
    clockMoves: r.clockMoves === undefined ? null : JSON.stringify(r.clockMoves),
    answers: r.answers.map((a) => ({ commandId: a.commandId, at: a.at, text: JSON.stringify(a) })),
    quarantined: r.quarantined.map(({ bytes, ...rest }) => ({
      device: rest.device,
      text: JSON.stringify(rest),
      size: bytes.byteLength,
    })),
    quarantineBytes: r.quarantined.length === 0 ? null : joined(r.quarantined),
    deviceEvents: r.deviceEvents.map((e) => ({ device: e.device, text: JSON.stringify(e) })),
  };
}

function encodeEvent({ seq, event, after }: JournaledEvent): EventRow {
  const phase = after.phase.is;
  return {
    seq,
    alarmId: event.alarmId,
    revision: event.revision,
    at: event.at,
    kind: event.change.kind,
    event: JSON.stringify(event),
    after: JSON.stringify(after),
    open: phase === 'closed' ? 0 : 1,
    unacked:
      phase === 'active-unacked' || phase === 'returned-unacked' || phase === 'latched-unacked' ? 1 : 0,
    level: after.level,
    lifeline: after.lifeline,
    area: after.areaCode,
    point: after.pointCode,
    raisedAt: after.raisedAt,
  };
}

function encodeResponse(j: JournaledResponse): ResponseRow {
  const { open, ...by } = listed(j);
  return {
    seq: j.seq,
    revision: j.event.revision,
    at: j.event.at,
    change: j.event.change.kind,
    event: JSON.stringify(j.event),
    after: JSON.stringify(j.after),
    open: open ? 1 : 0,
    alarms: alarmsTaken(j),
    ...by,
  };
}

function encodeDrilled(d: JournaledDrilled): DrilledRow {
  return {
    seq: d.seq,
    drill: drillOf(d),
    kind: d.of,
    id: d.after.id,
    revision: d.event.revision,
    event: JSON.stringify(d.event),
    after: JSON.stringify(d.after),
    running: isRunningDrill(d) ? 1 : 0,
  };
}

function encodeRegister(change: RegisterChange): TurnRow['register'][number] {
  switch (change.kind) {
    case 'area':
      return { kind: 'area', code: change.area.code, text: JSON.stringify(change) };
    case 'asset':
      return { kind: 'asset', code: change.asset.code, text: JSON.stringify(change) };
    case 'point':
      return { kind: 'point', code: change.point.code, text: JSON.stringify(change) };
    case 'model':
      return { kind: 'model', code: change.model.code, text: JSON.stringify(change) };
    case 'device':
      return { kind: 'device', code: change.device.code, text: JSON.stringify(change) };
    case 'work':
      return { kind: 'work', code: change.work.id, text: JSON.stringify(change) };
    case 'quality':
      return { kind: 'quality', code: change.quality.device, text: JSON.stringify(change) };
    case 'fault':
      return { kind: 'fault', code: faultKey(change.fault), text: JSON.stringify(change) };
    default:
      return unreachable(change);
  }
}

/**
 * All bytes in one block of their own. A payload is a small view on a large socket buffer, and structured
 * clone copies the whole buffer behind every view.
 */
function joined(quarantined: readonly Quarantined[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(quarantined.reduce((n, q) => n + q.bytes.byteLength, 0));
  let at = 0;
  for (const { bytes } of quarantined) {
    all.set(bytes, at);
    at += bytes.byteLength;
  }
  return all;
}
