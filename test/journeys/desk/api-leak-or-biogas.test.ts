import { afterAll, beforeAll, expect, test } from 'vitest';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
const DAY = 86_400_000;
const HOUR = DAY / 24;
beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,attributes
area,3416,亳州市,,,,,,
area,341602,谯城区,3416,,,,,
area,341621,涡阳县,3416,,,,,
asset,PIPE-1,一号管,,gas,341602,,,
point,WELL-1,一号井,,gas,341602,PIPE-1,,gasPipeM=3; wellKind=燃气阀门井
point,WELL-2,二号井,,gas,341602,PIPE-1,,
point,FOUL-1,化粪池旁,,gas,341621,,,gasPipeM=60; wellKind=污水井
point,SPOT-1,低洼处,,waterlogging,341602,,,
`,
  });
  const now = edge.flow.clock.now();
  // A leak that began an hour ago, with ethane in it, and gas in the next well as well.
  for (const [ago, ch4] of [
    [3, 0.5],
    [2, 0.5],
    [1, 18],
    [0.5, 22],
    [0, 24],
  ] as const)
    await edge.flow.telemetry('gas', 'WELL-1', { ts: now - ago * HOUR, values: { ch4, c2h6: ch4 * 20 } });
  await edge.flow.value('gas', 'WELL-2', 'ch4', 6);
  // Two weeks of a well that swells with the warmth of the day.
  for (let h = 14 * 24; h >= 0; h--) {
    const wave = Math.sin((2 * Math.PI * (now - h * HOUR)) / DAY);
    await edge.flow.telemetry('gas', 'FOUL-1', {
      ts: now - h * HOUR,
      values: { ch4: 8 + 4 * wave, temp: 18 + 6 * wave },
    });
  }
  await edge.flow.stored('FOUL-1', 'ch4');
});
afterAll(() => edge.close());

const askOf = (code: string, token?: string) =>
  edge.ask('leakOrBiogas', { params: { code }, ...(token === undefined ? {} : { token }) });

test('a leak: ethane, a quick rise, the next well, a pipe at three metres', async () => {
  const { json } = await askOf('WELL-1');
  expect(json.leans).toBe('pipe-gas');
  const signs = Object.fromEntries(
    json.signs.map((s: { sign: string; towards: number }) => [s.sign, s.towards]),
  );
  expect(signs).toEqual({ ethane: 1, rise: 1, neighbours: 1, pipe: 1, well: 1 });
  expect(json.missing).toEqual(['day-curve', 'temperature', 'airing']);
  expect(json.score).toBeGreaterThan(0.9 * json.outOf);
});

test('biogas: day after day, with the warmth, in a foul well far from any pipe', async () => {
  const { json } = await askOf('FOUL-1');
  expect(json.leans).toBe('biogas');
  expect(json.signs.map((s: { sign: string }) => s.sign)).toEqual(
    expect.arrayContaining(['day-curve', 'temperature', 'pipe', 'well']),
  );
  expect(json.missing).toContain('ethane');
});

test('it is read only: no alarm, level or event is changed by it', async () => {
  const before = JSON.stringify([edge.flow.open(), edge.flow.records.length]);
  await askOf('FOUL-1');
  expect(JSON.stringify([edge.flow.open(), edge.flow.records.length])).toBe(before);
});

test('where methane is not measured that is said; a point of another area is not known', async () => {
  const none = await askOf('SPOT-1');
  expect([none.status, none.json.code]).toEqual([404, 'not-found']);
  const token = await edge.person('county', ['operator'], ['341621']);
  const foreign = await askOf('WELL-1', token);
  expect([foreign.status, foreign.json.code]).toEqual([404, 'point-unknown']);
});
