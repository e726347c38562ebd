import { describe, expect, test } from 'vitest';
import {
  answered,
  expectedNow,
  type PollPlan,
  pollNew,
  stepPoll,
} from '../../../src/wire/protocols/modbus/dialogue.ts';
import { dissectModbus } from '../../../src/wire/protocols/modbus/dissector.ts';
import {
  askBytes,
  BusFramer,
  type BusPiece,
  expectedOf,
  withCrc,
} from '../../../src/wire/protocols/modbus/framer.ts';
import { asksOf, type ModbusValue } from '../../../src/wire/protocols/modbus/plan.ts';
import { ascii, hex, hexOf, joined, noise } from './framer-proof.ts';

const value = (code: string, addr: number, more: Partial<ModbusValue> = {}): ModbusValue => ({
  code,
  fn: 3,
  addr,
  type: 'u16',
  order: 'ABCD',
  sentinels: [],
  ...more,
});
const [ASK] = asksOf(1, [value('a', 0), value('b', 1)]);
if (ASK === undefined) throw new Error('no question');
const EXPECTED = expectedOf(ASK);
// the standard, or from the field; the sum of each was recomputed.
const ANSWER = hex('01030401F400FA3A7E');

const answers = (pieces: BusPiece[]) =>
  pieces.flatMap((p) =>
    'is' in p && p.is === 'answer' ? [dissectModbus(ASK, p.data).map((i) => i.raw)] : [],
  );

describe('question and answer, byte for byte', () => {
  test('two registers', () => {
    expect(hexOf(askBytes(ASK))).toBe('010300000002C40B');
    expect(answers(new BusFramer(null).push(ANSWER, EXPECTED))).toEqual([[500, 250]]);
  });

  test('a refusal of the slave is one', () => {
    expect(new BusFramer(null).push(withCrc(hex('018302')), EXPECTED)).toMatchObject([
      { is: 'exception', code: 2 },
    ]);
  });

  test('numbers of two registers, in every order of bytes, with signs and fractions', () => {
    const ask = (more: Partial<ModbusValue>) =>
      asksOf(1, [value('x', 0, more)])[0] as NonNullable<typeof ASK>;
    const read = (bytes: string, more: Partial<ModbusValue>) => dissectModbus(ask(more), hex(bytes))[0]?.raw;
    expect(read('FFFE', { type: 's16' })).toBe(-2);
    expect(read('FEFF', { type: 's16', order: 'BADC' })).toBe(-2);
    for (const [order, bytes] of [
      ['ABCD', '41480000'],
      ['CDAB', '00004148'],
      ['BADC', '48410000'],
      ['DCBA', '00004841'],
    ] as const)
      expect(read(bytes, { type: 'f32', order })).toBe(12.5);
    expect(read('FFFFFFFE', { type: 's32' })).toBe(-2);
    expect(read('00010000', { type: 'u32' })).toBe(65_536);
    expect(read('7FFF', { sentinels: [0x7fff] })).toBeNull();
    expect(read('7FC00000', { type: 'f32' })).toBeNull();
    expect(read('02', { fn: 1, addr: 0 })).toBe(0);
  });

  test('what lies side by side is one question, and no more than 125 registers are', () => {
    expect(asksOf(1, [value('a', 0), value('b', 1, { type: 'u32' }), value('c', 9)])).toMatchObject([
      { addr: 0, count: 3 },
      { addr: 9, count: 1 },
    ]);
    expect(
      asksOf(
        1,
        Array.from({ length: 200 }, (_, n) => value(`v${n}`, n)),
      ),
    ).toMatchObject([{ count: 125 }, { addr: 125, count: 75 }]);
  });
});

describe('a line that is not ours alone', () => {
  const beat = ascii('HB-862592051651472');

  test('the heartbeat of the DTU stands before, after and in the middle of an answer', () => {
    for (let cut = 0; cut <= ANSWER.length; cut++) {
      const f = new BusFramer(beat);
      const mixed = joined(ANSWER.subarray(0, cut), beat, ANSWER.subarray(cut));
      expect(answers(f.push(mixed, EXPECTED)), `at ${cut}`).toEqual([[500, 250]]);
    }
  });

  test('in any pieces', () => {
    const mixed = joined(beat, ANSWER);
    for (let cut = 1; cut < mixed.length; cut++) {
      const f = new BusFramer(beat);
      expect(
        answers([...f.push(mixed.subarray(0, cut), EXPECTED), ...f.push(mixed.subarray(cut), EXPECTED)]),
      ).toEqual([[500, 250]]);
    }
  });

  test('an answer nobody asked for, or of another slave, is none', () => {
    expect(answers(new BusFramer(null).push(ANSWER, null))).toEqual([]);
    expect(answers(new BusFramer(null).push(ANSWER, { ...EXPECTED, slave: 2 }))).toEqual([]);
    expect(answers(new BusFramer(null).push(joined(ANSWER, ANSWER), EXPECTED))).toHaveLength(1);
  });

  test('no change of one byte makes another reading, and noise is bounded', () => {
    let [flips, wrong] = [0, 0];
    for (let at = 0; at < ANSWER.length; at++)
      for (let by = 1; by < 256; by++) {
        const changed = ANSWER.slice();
        changed[at] = (changed[at] as number) ^ by;
        flips++;
        wrong += answers(new BusFramer(null).push(changed, EXPECTED)).length;
      }
    console.log(`Modbus: ${flips} changes of one byte, ${wrong} wrong readings`);
    expect(wrong).toBe(0);
    const f = new BusFramer(beat);
    const bytes = noise(1024 * 1024, 3);
    for (let i = 0; i < bytes.length; i += 4_096) {
      f.push(bytes.subarray(i, i + 4_096), EXPECTED);
      expect(f.waiting).toBeLessThanOrEqual(300);
    }
    f.forget();
    expect(answers(f.push(ANSWER, EXPECTED))).toEqual([[500, 250]]);
  });
});

describe('a round of questions', () => {
  const plan: PollPlan = {
    asks: [...asksOf(1, [value('a', 0)]), ...asksOf(2, [value('b', 0)])],
    every: 10_000,
    gap: 100,
    timeout: 1_000,
  };

  test('one after the other, a pause between them, and the next round when it is due', () => {
    let memory = pollNew(0);
    let step = stepPoll(memory, plan, 0, true);
    expect(step.ask?.slave).toBe(1);
    expect(expectedNow(step.memory, plan)?.slave).toBe(1);
    memory = answered(step.memory, plan, 50);
    expect(stepPoll(memory, plan, 60, true).ask).toBeNull();
    step = stepPoll(memory, plan, 150, true);
    expect(step.ask?.slave).toBe(2);
    memory = answered(step.memory, plan, 200);
    expect(stepPoll(memory, plan, 9_999, true).ask).toBeNull();
    expect(stepPoll(memory, plan, 10_000, true).ask?.slave).toBe(1);
  });

  test('nothing is asked until what was answered is kept', () => {
    expect(stepPoll(pollNew(0), plan, 0, false).ask).toBeNull();
  });

  test('a slave that is silent costs its timeout, and is gone after the second in a row', () => {
    let memory = pollNew(0);
    const gone: (number | null)[] = [];
    for (let now = 0; now <= 25_000; now += 50) {
      const step = stepPoll(memory, plan, now, true);
      memory = step.memory;
      if (step.gone !== null) gone.push(step.gone);
      if (step.ask?.slave === 1) memory = answered(memory, plan, now);
    }
    expect(gone).toEqual([2]);
  });
});
