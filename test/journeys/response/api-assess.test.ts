import { afterAll, beforeAll, expect, test } from 'vitest';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
let id = '';
beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: 'kind,code,name,parent,lifeline,area,asset,point\narea,341602,谯城区,,,,,\npoint,P-1,点,,gas,341602,,\ndevice,D-1,,,gas,,,P-1\n',
  });
  await edge.raise('D-1');
  id = edge.flow.open('P-1')[0]?.id ?? '';
});
afterAll(async () => {
  await edge.close();
});

const assess = (body: object, commandId = `a-${Math.random()}`) =>
  edge.ask('assess', { params: { id }, body: { ...body, commandId } });

test('the form of whoever judged is kept with the readings as they were, and a changed verdict keeps the old one', async () => {
  const form = {
    seenRevision: 1,
    weather: '晴',
    ethane: { value: 120, unit: 'ppm', instrument: 'GC-7', at: '2026-06-01T08:00:00.000Z' },
    onSite: { value: 45, unit: '%LEL', depthM: 1.5 },
    ventilated: { before: 45, after: 44, unit: '%LEL' },
    ownerCalled: { name: '燃气公司调度', at: '2026-06-01T08:01:00.000Z' },
    nextStep: 'order',
    second: '陈静',
  };
  const first = await assess({ verdict: 'unclear', confidence: 'unclear' });
  expect(first.json.assessment).toMatchObject({ verdict: 'unclear', confidence: 'unclear' });
  const told = await assess({
    verdict: 'real',
    confidence: 'certain',
    cause: 'leak',
    note: '现场确认',
    form,
  });
  expect(told.json.assessment).toMatchObject({
    verdict: 'real',
    confidence: 'certain',
    cause: 'leak',
    form,
    readings: [{ metric: 'ch4', value: 60, quality: 'good' }],
    earlier: [{ verdict: 'unclear' }],
  });
  await edge.raise('D-1', 80);
  const now = (await edge.ask('alarm', { params: { id } })).json;
  expect([now.current.value, now.assessment.readings[0].value]).toEqual([80, 60]);
  const story = (await edge.ask('alarmEvents', { params: { id } })).json.items;
  expect(
    story
      .filter((e: { event: string }) => e.event === 'assessed')
      .map((e: { verdict: string; cause: string }) => [e.verdict, e.cause]),
  ).toEqual([
    ['unclear', undefined],
    ['real', 'leak'],
  ]);
});

test('a retry is the same answer although readings have gone on; a file that is not there is said', async () => {
  const one = await assess({ verdict: 'biogas' }, 'same');
  await edge.raise('D-1', 70);
  expect((await assess({ verdict: 'biogas' }, 'same')).json.revision).toBeGreaterThanOrEqual(
    one.json.revision,
  );
  expect((await assess({ verdict: 'real' }, 'same')).json.code).toBe('command-reused');
  expect((await assess({ verdict: 'real', form: { attachments: ['a'.repeat(64)] } })).json.code).toBe(
    'unknown-reference',
  );
  expect((await assess({ verdict: 'nonsense' })).json.code).toBe('invalid');
});

test('that a red one is no danger is judged by two where the house wants it; that it is real, or unclear, by one at once', async () => {
  const two = await EdgeHarness.open({ secondPersonToAssess: true });
  try {
    await two.raise('D-2', 60);
    const red = two.flow.open('D-2')[0]?.id ?? '';
    let n = 0;
    const judge = (body: object, alarm = red) =>
      two.ask('assess', { params: { id: alarm }, body: { ...body, commandId: `two-${++n}` } });
    expect((await judge({ verdict: 'biogas' })).json.code).toBe('assess-second-missing');
    expect((await judge({ verdict: 'unclear' })).status).toBe(200);
    await two.person('chen', ['analyst']);
    await two.person('li', ['operator']);
    expect((await judge({ verdict: 'biogas' })).json.code).toBe('assess-second-needed');
    const second = (account: string, password = PASSWORD) => ({ account, password });
    expect((await judge({ verdict: 'biogas', second: second('chen', 'wrong') })).json.code).toBe(
      'wrong-credentials',
    );
    // An operator may not assess, and nobody is their own second.
    for (const who of ['li', 'admin'])
      expect((await judge({ verdict: 'biogas', second: second(who) })).json.code).toBe(
        'assess-second-needed',
      );
    const judged = await judge({ verdict: 'biogas', form: { weather: '晴' }, second: second('chen') });
    expect(judged.json.assessment).toMatchObject({
      verdict: 'biogas',
      form: { weather: '晴', second: 'chen' },
    });
    expect((await judge({ verdict: 'real' })).status).toBe(200);
    await two.raise('D-3', 25);
    const yellow = two.flow.open('D-3')[0]?.id ?? '';
    expect((await judge({ verdict: 'test' }, yellow)).status).toBe(200);
  } finally {
    await two.close();
  }
});
