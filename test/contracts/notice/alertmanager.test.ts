import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { channelsThrough } from '../../../src/adapters/notice-channels/index.ts';
import { OutDoor } from '../../../src/adapters/shared/out-door.ts';
import { OutHosts } from '../../../src/adapters/shared/out-hosts.ts';
import type { NoticeFacts, OutgoingMessage } from '../../../src/flow/ports/notice-channel.ts';
import { eventually } from '../../support/eventually.ts';

function isHere(): boolean {
  try {
    execFileSync('prometheus-alertmanager', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** The real one, of Debian; skipped, and said so, where it is not installed. */
describe.skipIf(!isHere())('a real Alertmanager', () => {
  const dir = mkdtempSync(join(tmpdir(), 'alertmanager-'));
  let child: ChildProcess;
  let url: string;
  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    writeFileSync(join(dir, 'a.yml'), 'route: {receiver: none}\nreceivers: [{name: none}]\n');
    child = spawn(
      'prometheus-alertmanager',
      [
        `--config.file=${join(dir, 'a.yml')}`,
        `--storage.path=${join(dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
      ],
      { stdio: 'ignore' },
    );
    await eventually(async () => (await fetch(`${url}/-/ready`).catch(() => null))?.ok);
  });
  afterAll(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await gone;
    rmSync(dir, { recursive: true });
  });

  const startsAt = Date.now() - 60_000;
  const facts: NoticeFacts = {
    alarm: 'a1',
    level: 1,
    lifeline: 'gas',
    area: '341602',
    point: 'W-0301',
    rule: 'gas-ch4',
    title: '红色报警：甲烷 60 %LEL',
    startsAt,
    endsAt: null,
    drill: false,
  };
  const message = (more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
    id: 'n1',
    about: 'raised',
    text: { marks: [], title: '红色报警：甲烷 60 %LEL', lines: ['监测点 W-0301'], link: null },
    facts: [facts],
    to: null,
    ...more,
  });
  type Shown = {
    labels: Record<string, string>;
    annotations: Record<string, string>;
    startsAt: string;
    endsAt: string;
  };
  const shown = async (): Promise<readonly Shown[]> =>
    (await (await fetch(`${url}/api/v2/alerts`)).json()) as Shown[];
  const send = (m: OutgoingMessage) =>
    channelsThrough(new OutDoor({ hosts: new OutHosts(['127.0.0.1']) }), {
      wall: Date.now,
      clock: { now: Date.now },
      nonce: () => 'n',
    })({ kind: 'alertmanager', url }, {}).send(m, new AbortController().signal);

  test('has an alarm as firing until it is told that it is over, and does not end it by itself', async () => {
    expect(await send(message())).toMatchObject({ is: 'accepted' });
    const [alert, ...others] = await shown();
    expect(others).toEqual([]);
    expect(alert?.labels).toMatchObject({ alertname: 'gas-ch4', point: 'W-0301', severity: 'critical' });
    expect(alert?.annotations.summary).toBe('红色报警：甲烷 60 %LEL');
    expect(Date.parse(alert?.startsAt ?? '')).toBe(startsAt);
    expect(Date.parse(alert?.endsAt ?? '') - Date.now()).toBeGreaterThan(86_400_000);

    // The same again is the same alert.
    expect(await send(message({ id: 'n2' }))).toMatchObject({ is: 'accepted' });
    expect(await shown()).toHaveLength(1);

    const over = { ...facts, endsAt: Date.now() - 1 };
    expect(await send(message({ about: 'recovered', facts: [over] }))).toMatchObject({ is: 'accepted' });
    expect(await shown()).toEqual([]);
  });

  test('has what has risen once, as grave as it is now', async () => {
    const yellow = { ...facts, alarm: 'a9', level: 3 };
    await send(message({ facts: [yellow] }));
    expect((await shown()).map((a) => a.labels.severity)).toEqual(['warning']);
    await send(message({ about: 'risen', facts: [{ ...yellow, level: 1 }] }));
    expect((await shown()).map((a) => a.labels.severity)).toEqual(['critical']);
    await send(message({ about: 'recovered', facts: [{ ...yellow, level: 1, endsAt: Date.now() - 1 }] }));
    expect(await shown()).toEqual([]);
  });

  test('takes the alarms of a digest each by itself', async () => {
    const many = ['a2', 'a3', 'a4'].map((alarm) => ({ ...facts, alarm, level: 3 }));
    expect(await send(message({ about: 'digest', facts: many }))).toMatchObject({ is: 'accepted' });
    expect((await shown()).map((a) => a.labels.alarm).sort()).toEqual(['a2', 'a3', 'a4']);
  });

  test('says no to what is none, and we hear it', async () => {
    const never = { ...facts, startsAt: Date.now(), endsAt: Date.now() - 3_600_000 };
    expect(await send(message({ facts: [never] }))).toMatchObject({
      is: 'refused',
      said: expect.stringMatching(/^HTTP 400: /),
    });
  });
});
