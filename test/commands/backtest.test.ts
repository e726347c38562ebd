import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stepAt, totp } from '../../src/adapters/accounts/totp.ts';
import { EdgeHarness, PASSWORD } from '../support/edge-harness.ts';
import { run } from './run.ts';

let edge: EdgeHarness;
let dir: string;
beforeEach(async () => {
  edge = await EdgeHarness.open();
  dir = mkdtempSync(join(tmpdir(), 'lifeline-backtest-'));
  writeFileSync(join(dir, 'password'), `${PASSWORD}\n`);
});
afterEach(async () => {
  await edge.close();
  rmSync(dir, { recursive: true, force: true });
});

const at = (ms: number): string => new Date(edge.flow.clock.now() + ms).toISOString();
const backtest = (...more: string[]) =>
  run('backtest', [
    '--url',
    edge.url,
    '--password-file',
    join(dir, 'password'),
    '--rule',
    'gas.ch4.limit',
    '--from',
    at(-3_600_000),
    '--to',
    at(1_000),
    ...more,
  ]);

describe('npm run backtest', () => {
  test('prints how many alarms each set of numbers would have raised', async () => {
    await edge.raise('GAS-1', 45);
    await edge.raise('GAS-2', 60);
    await edge.stored();
    const draft = '{"changes":[{"level":1,"limit":40}]}';
    const { code, out } = await backtest('--draft', draft, '--other', '{"changes":[{"level":1,"limit":70}]}');
    expect(code).toBe(0);
    const line = (name: string) =>
      out
        .split('\n')
        .find((l) => l.includes(name))
        ?.match(/\d+/g)
        ?.map(Number);
    expect(line('red 红')).toEqual([1, 2, 0]);
    expect(out).toContain('2 readings of 2 points');
    const json = JSON.parse((await backtest('--draft', draft, '--json')).out);
    expect(json.result.draft.byLevel[1]).toBe(2);
  }, 60_000);

  test('a session that is there serves, and goes on after it', async () => {
    await edge.raise('GAS-1', 45);
    await edge.stored();
    writeFileSync(join(dir, 'token'), `${edge.token}\n`);
    const draft = '{"changes":[{"level":1,"limit":40}]}';
    const by = (...options: string[]) =>
      run('backtest', [
        ...['--url', edge.url, '--rule', 'gas.ch4.limit', '--from', at(-3_600_000), '--to', at(1_000)],
        ...['--draft', draft, ...options],
      ]);
    const token = join(dir, 'token');
    expect(await by('--token-file', token)).toMatchObject({
      code: 0,
      out: expect.stringContaining('readings of'),
    });
    expect((await edge.ask('me', {})).status).toBe(200);
    expect(await by('--token-file', token, '--otp', '123456')).toMatchObject({ code: 2 });
    expect(await by()).toMatchObject({ code: 2, err: expect.stringContaining('(or --token-file)') });
  }, 60_000);

  test('an account with a second factor gets in with its digits, and is told that they are missing', async () => {
    const { secret } = (await edge.ask('enrolSecondFactor', { body: { password: PASSWORD } })).json;
    const digits = () => totp(secret, stepAt(edge.flow.clock.now()));
    expect((await edge.ask('confirmSecondFactor', { body: { otp: digits() } })).status).toBe(200);
    const draft = ['--draft', '{"changes":[{"level":1,"limit":40}]}'];
    expect(await backtest(...draft)).toMatchObject({
      code: 1,
      err: expect.stringContaining('second-factor-needed'),
    });
    await edge.flow.pass(30_000);
    expect(await backtest(...draft, '--otp', digits())).toMatchObject({ code: 0 });
  }, 60_000);

  test('says what would be right', async () => {
    const broken = await backtest('--draft', 'limit 15');
    expect([broken.code, broken.err]).toEqual([2, expect.stringContaining('--draft is not JSON')]);
    const nonsense = await backtest('--draft', '{"changes":[{"level":1,"limit":-4}]}');
    expect([nonsense.code, nonsense.err]).toEqual([1, expect.stringContaining('would be right')]);
    const nobody = await run('backtest', [
      '--url',
      'http://127.0.0.1:1',
      '--password-file',
      join(dir, 'password'),
      '--rule',
      'x',
      '--from',
      at(0),
      '--to',
      at(1),
      '--draft',
      '{}',
    ]);
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('is it running')]);
  }, 60_000);
});
