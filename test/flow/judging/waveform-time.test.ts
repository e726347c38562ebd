import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { owned } from '../../../src/domain/judge/memory.ts';
import { days, hours, minutes } from '../../../src/domain/time.ts';
import { checkPacket } from '../../../src/flow/core/check-packet.ts';
import type { PointState } from '../../../src/flow/judging/point-state.ts';
import { FlowHarness, START } from '../flow-harness.ts';

const wave = (amplitude: number, n = 600) => ({
  az: Array.from({ length: n }, (_, i) => Number((amplitude * Math.sin(i / 3)).toFixed(4))),
});
const frame = (t0: unknown, dt: unknown, amplitude: number, n?: number) => ({
  t0,
  dt,
  series: wave(amplitude, n),
});

/** Half an hour of strong vibration, a frame a minute, as a logger of the right time sends it. */
async function shake(flow: FlowHarness): Promise<void> {
  for (let i = 0; i < 30; i++) {
    await flow.telemetry('bridge', 'B1', frame(flow.clock.now() - minutes(1), 100, 3));
    await flow.pass(minutes(1));
  }
}

const vibration = (flow: FlowHarness) => flow.open('B1').filter((a) => a.ruleId.startsWith('bridge.az.rms'));
const daysOf = (flow: FlowHarness) =>
  new Set(
    flow.records.flatMap((r) => [...r.frames, ...r.readings]).map((x) => Math.floor(x.observedAt / days(1))),
  );

/** The first packet of a channel, as a wrong setting, a broken clock or a stranger makes it. */
const WRONG = [
  ['no spacing', frame(START, 0, 0.01)],
  ['a thousand-millionth of a millisecond', frame(START, 1e-9, 0.01)],
  ['a spacing that is no number', frame(START, 'NaN', 0.01)],
  ['a spacing backwards', frame(START, -100, 0.01)],
  ['a spacing in quotation marks', frame(START, '100', 0.01)],
  ['a spacing of 20 s', frame(START, 20_000, 0.01)],
  ['a spacing of 30 years', frame(START, 1e12, 0.01)],
  ['a spacing of a second over more than an hour', frame(START, 1_000, 0.01, 3_700)],
  ['a frame of tomorrow', frame(START + days(1), 100, 0.01)],
  ['a frame of 1970', frame(0, 100, 0.01)],
  ['a frame that begins now and would last for an hour', frame(START, 1_000, 0.01, 3_600)],
  ['a frame of a year ago', frame(START - days(365), 100, 0.01)],
  ['a frame of last week', frame(START - days(6), 100, 0.01)],
  ['a time that cannot be read', frame('noon', 100, 0.01)],
  [
    'all of it in one packet',
    [1e12, 20_000, 1e-9, 100].map((dt, i) => frame(START + i * days(40), dt, 0.01)),
  ],
] as const;

describe('one packet can neither silence a channel nor scatter it over the years', () => {
  test('control: the vibration raises its alarm', async () => {
    const flow = await FlowHarness.begin();
    await shake(flow);
    expect(vibration(flow)).toMatchObject([{ late: false }]);
  });

  test.each(WRONG)('%s', async (_name, packet) => {
    const flow = await FlowHarness.begin();
    await flow.telemetry('bridge', 'B1', frame(START - minutes(1), 100, 0.01));
    expect((await flow.telemetry('bridge', 'B1', packet)).outcome).toBe('kept');
    const now = flow.clock.now();
    for (const { readings, frames } of flow.records)
      for (const x of [...readings, ...frames]) {
        expect(x.observedAt).toBeLessThanOrEqual(now + minutes(2));
        expect(x.observedAt).toBeGreaterThanOrEqual(now - days(7));
      }
    expect(daysOf(flow).size).toBeLessThanOrEqual(3);
    await shake(flow);
    expect(vibration(flow)).toMatchObject([{ late: false }]);
    const again = await flow.restart();
    expect(vibration(again)).toHaveLength(1);
  });

  test.each([0, 1e-9, 'NaN', -100, '100', 20_000, 1e12])(
    'spacing %j: the frame is set aside, and told what would be right',
    async (dt) => {
      const flow = await FlowHarness.begin();
      await flow.telemetry('bridge', 'B1', frame(START - minutes(1), 100, 0.01));
      const { flaws } = await flow.telemetry('bridge', 'B1', frame(START, dt, 0.01));
      expect(flaws).toMatchObject([{ code: 'bad-dt', detail: expect.stringMatching(/right|send several/) }]);
      expect(flow.records.at(-1)?.quarantined).toHaveLength(1);
      expect(flow.records.at(-1)?.frames).toEqual([]);
    },
  );
});

describe('frames of a clock that is off', () => {
  test.each([START + days(1), START - days(30), 'noon', 0])(
    '%j: kept, ending at the receipt, and their features are doubted and judged',
    async (t0) => {
      const flow = await FlowHarness.begin();
      for (let i = 0; i < 25; i++) {
        await flow.telemetry('bridge', 'B1', frame(t0, 100, 3));
        const kept = flow.records.at(-1)?.frames[0];
        expect((kept?.observedAt ?? 0) + 599 * 100).toBe(flow.clock.now());
        await flow.pass(minutes(1));
      }
      const features = flow.records.flatMap((r) => r.readings);
      expect(features.length).toBeGreaterThan(0);
      for (const f of features) expect(f.quality).toEqual({ grade: 'doubtful', why: 'clock-off' });
      expect(vibration(flow)).toMatchObject([{ late: false }]);
    },
  );

  test('a window that only one of them had part in is doubted, the next one is not', async () => {
    const flow = await FlowHarness.begin();
    for (let i = 0; i < 8; i++) {
      await flow.telemetry('bridge', 'B1', frame(i === 1 ? 'noon' : flow.clock.now() - 59_900, 100, 3));
      await flow.pass(minutes(1));
    }
    const grades = flow.records
      .flatMap((r) => r.readings)
      .filter((f) => f.metric === 'az.rms.1m')
      .map((f) => f.quality.grade);
    expect(grades.slice(0, 2)).toContain('doubtful');
    expect(grades.slice(3)).toEqual(grades.slice(3).map(() => 'good'));
  });

  test('frames without a time lie end to end before their receipt', async () => {
    const flow = await FlowHarness.begin();
    const bare = (n: number) => ({ dt: 100, series: wave(0.01, n) });
    await flow.telemetry('bridge', 'B1', [bare(600), bare(300)]);
    expect(flow.records.at(-1)?.frames.map((f) => START - f.observedAt)).toEqual([
      29_900 + 100 + 59_900,
      29_900,
    ]);
  });

  test('a window that a journal of before left open in the future does not stay open', async () => {
    const flow = await FlowHarness.begin();
    await flow.telemetry('bridge', 'B1', frame(START - minutes(1), 100, 0.01));
    const { memory } = flow.core.points.of(as.point('B1')) as PointState;
    const windows = owned(memory, 'windows');
    for (const [key, w] of windows) windows.set(key, { ...w, startsAt: START + hours(1_000) });
    await shake(flow);
    expect(vibration(flow)).toHaveLength(1);
  });

  test('a window that a frame of a wrong clock has part in says so after a restart, too', async () => {
    const flow = await FlowHarness.begin();
    await flow.telemetry('bridge', 'B1', frame(START + days(1), 100, 3));
    const again = await flow.restart();
    for (let i = 0; i < 22; i++) {
      await again.pass(minutes(1));
      await again.telemetry('bridge', 'B1', frame(again.clock.now() - minutes(1), 100, 3));
    }
    // Its last sample lies at START: where the second window begins, which was open when the service went.
    expect((await again.stored('B1', 'az.rms')).map((r) => r.quality.grade)).toEqual([
      'doubtful',
      'doubtful',
      'good',
    ]);
  });

  test('a packet that is only looked at says where it would end', async () => {
    const flow = await FlowHarness.begin();
    const payload = new TextEncoder().encode(JSON.stringify(frame(START + days(1), 100, 0.01)));
    const { frames } = checkPacket(flow.core, {
      topic: 'lifeline/v1/bridge/B1/telemetry',
      payload,
      receivedAt: START,
    });
    expect(frames).toMatchObject([{ clockOff: true, observedAt: START - 59_900 }]);
  });
});

test('two frames of one begin that differ by a ten-millionth are two, and each is kept', async () => {
  const flow = await FlowHarness.begin();
  const said = (first: number) => ({ t0: START - minutes(1), dt: 1_000, series: { az: [first, 0.1, 0.2] } });
  await flow.telemetry('bridge', 'B1', said(0.0000001));
  await flow.telemetry('bridge', 'B1', said(0.0000002));
  await flow.telemetry('bridge', 'B1', said(0.0000002));
  const kept = flow.records.flatMap((r) => r.frames.map((f) => f.samples[0]));
  expect(kept).toEqual([0.0000001, 0.0000002]);
});
