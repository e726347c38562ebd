import { as } from '../../../src/domain/ids.ts';
import { isOfAlarm, type Journal, type Recovered, type TurnRecord } from '../../../src/flow/ports/journal.ts';
import { decodeSpool } from '../../../src/wire/files/spool.ts';
import { memory, quarantined, raised, reading, T0, turn } from '../../contracts/journal/journal-records.ts';

/** Memories are kept up to this many turns back, so the spool must reach at least that far. */
export const REMEMBERED = 20;
const POINTS = 7;

/** Turn n, in which everything follows from n: one that is torn shows. */
export function killTurn(n: number): TurnRecord {
  const point = `P-${n % POINTS}`;
  return turn(n, {
    // From one reading to some thousand: turns of less than a page, and of many.
    readings: Array.from({ length: n % 50 === 0 ? 2_000 : 1 + (n % 40) }, (_, i) => reading(`P-${i}`, n)),
    events: [raised(n, { id: `a-${n}`, raisedAt: T0 + n, point })],
    quarantined: [quarantined(new Uint8Array(1 + (n % 300)).fill(n % 256))],
    memories: [{ point: as.point(point), memory: memory(T0 + n) }],
    memoriesKeptUpTo: as.turn(Math.max(0, n - REMEMBERED)),
  });
}

/** Everything that is not as it must be after turns 1 to `lastTurn`; empty is well. */
export async function tornOrMissing(journal: Journal, recovered: Recovered): Promise<string[]> {
  const wrong: string[] = [];
  const { lastTurn, lastSeq } = recovered;
  if (Number(lastSeq) !== Number(lastTurn)) wrong.push(`${lastSeq} events after ${lastTurn} turns`);

  const events = (await journal.eventsAfter(as.seq(0), 1e6)).filter(isOfAlarm);
  if (events.length !== lastTurn) wrong.push(`${events.length} events in the journal`);
  for (const [i, e] of events.entries()) {
    if (e.event.alarmId !== `a-${i + 1}`) wrong.push(`event ${i + 1} is of ${e.event.alarmId}`);
  }
  const open = await journal.alarms({ state: 'open' }, 1e6, null);
  if (open.items.length !== lastTurn) wrong.push(`${open.items.length} alarms`);
  if (recovered.openAlarmEvents.length !== lastTurn) wrong.push('stories of open alarms are missing');

  const packets = await journal.quarantine(null, 1e6, null);
  if (packets.items.length !== lastTurn) wrong.push(`${packets.items.length} packets in quarantine`);
  for (const [i, q] of packets.items.toReversed().entries()) {
    const expected = killTurn(i + 1).quarantined[0];
    if (Buffer.compare(q.bytes, expected?.bytes ?? q.bytes) !== 0) wrong.push(`bytes of packet ${i + 1}`);
  }

  const spooled = await journal.spooled(as.turn(0), 1e9);
  const first = spooled[0]?.turn ?? lastTurn + 1;
  if (first > Math.max(1, lastTurn - REMEMBERED + 1)) wrong.push(`the spool begins at ${first}`);
  for (const [i, s] of spooled.entries()) {
    if (s.turn !== first + i) wrong.push(`turn ${s.turn} lies where ${first + i} should be`);
    const { readings } = decodeSpool(s.body);
    const expected = killTurn(s.turn).readings.length;
    if (readings.length !== expected) wrong.push(`turn ${s.turn} has ${readings.length} readings`);
    if (readings.some((r) => r.value !== s.turn)) wrong.push(`turn ${s.turn} has foreign readings`);
  }
  if (first + spooled.length !== lastTurn + 1) wrong.push('the spool ends too early');

  for (const m of recovered.memories) {
    const newest = lastTurn - ((lastTurn - Number(m.point.slice(2))) % POINTS);
    if (m.turn !== newest || m.memory.heardAt !== T0 + newest) wrong.push(`memory of ${m.point}: ${m.turn}`);
  }
  return wrong;
}
