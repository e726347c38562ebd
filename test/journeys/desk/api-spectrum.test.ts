import { afterAll, beforeAll, expect, test } from 'vitest';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,attributes
area,3416,亳州市,,,,,,
area,341602,谯城区,3416,,,,,
area,341621,涡阳县,3416,,,,,
point,STAY-1,一号索,,bridge,341602,,,cableLength=100; cableMass=50
point,SPAN-2,二号跨,,bridge,341621,,,
`,
  });
  // Five minutes at 50 Hz: a stay that swings at 1.2 Hz, and once more at 3.6 Hz.
  const from = edge.flow.clock.now() - 300_000;
  for (let k = 0; k < 30; k++)
    await edge.flow.telemetry('bridge', 'STAY-1', {
      t0: from + k * 10_000,
      dt: 20,
      series: {
        cableAcc: Array.from({ length: 500 }, (_, i) => {
          const t = k * 10 + i / 50;
          const noise = Math.sin(i * 12.9898 + k * 78.233) * 43_758.5453;
          return (
            0.2 * Math.sin(2 * Math.PI * 1.2 * t) +
            0.1 * Math.sin(2 * Math.PI * 3.6 * t) +
            0.2 * (noise - Math.floor(noise) - 0.5)
          );
        }),
      },
    });
});
afterAll(() => edge.close());

test('a spectrum tells what stands out, how sure that is, and the force of a cable that the register knows', async () => {
  await edge.flow.stored('STAY-1', 'cableAcc.rms');
  const told = await edge.ask('spectrum', { params: { code: 'STAY-1' }, query: { metric: 'cableAcc' } });
  expect(told.status).toBe(200);
  const { json } = told;
  expect(json).toMatchObject({ samples: 15_000, rateHz: 50, unit: '(m/s²)²/Hz' });
  expect(json.segments).toBeGreaterThan(10);
  expect(json.density).toHaveLength(json.density.length);
  expect(json.modes.map((m: { hz: number }) => m.hz)).toEqual([
    expect.closeTo(1.2, 1),
    expect.closeTo(3.6, 1),
  ]);
  // 4 · 50 kg/m · 100² m² · 1.2² Hz².
  expect(json.cableForce.kN).toBeGreaterThan(0.97 * 2_880);
  expect(json.cableForce.kN).toBeLessThan(1.03 * 2_880);
});

test('its course over looks: where it stood each time, and whether it moved', async () => {
  const to = edge.flow.clock.now();
  const query = {
    metric: 'cableAcc',
    from: new Date(to - 300_000).toISOString(),
    to: new Date(to).toISOString(),
    looks: 4,
  };
  const { status, json } = await edge.ask('spectrum', { params: { code: 'STAY-1' }, query });
  expect(status).toBe(200);
  expect(json.course.looks).toHaveLength(4);
  for (const l of json.course.looks) expect(Math.abs(l.hz - 1.2)).toBeLessThan(0.05);
  expect(json.course.change.says).toBe('stays');
  const from = new Date(to - 32 * 86_400_000).toISOString();
  const long = await edge.ask('spectrum', { params: { code: 'STAY-1' }, query: { ...query, from } });
  expect(long.status).toBe(400);
});

test('a point without a waveform has none, and no error', async () => {
  const { status, json } = await edge.ask('spectrum', {
    params: { code: 'SPAN-2' },
    query: { metric: 'cableAcc' },
  });
  expect([status, json.segments, json.modes, json.from, json.cableForce]).toEqual([200, 0, [], null, null]);
});

test('of a point of one’s own area alone, and of an hour at most', async () => {
  const token = await edge.person('county', ['operator'], ['341621']);
  const query = { metric: 'cableAcc' };
  const foreign = await edge.ask('spectrum', { token, params: { code: 'STAY-1' }, query });
  expect([foreign.status, foreign.json.code]).toEqual([404, 'point-unknown']);
  const from = new Date(edge.flow.clock.now() - 7_200_000).toISOString();
  const long = await edge.ask('spectrum', { params: { code: 'STAY-1' }, query: { ...query, from } });
  expect(long.status).toBe(400);
});
