import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Hello, whoServes } from '../../src/adapters/control-socket/client.ts';
import { eventually } from '../support/eventually.ts';
import { PROCESS_ENV } from '../support/process-env.ts';

const ROOT = join(import.meta.dirname, '../..');
let dir: string;
let child: ChildProcess | null;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'log-gone-'));
  child = null;
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

function start(command: string, stdio: 'ignore' | number = 'ignore'): ChildProcess {
  child = spawn('sh', ['-c', command], {
    cwd: ROOT,
    env: {
      ...PROCESS_ENV,
      NODE: process.execPath,
      LIFELINE_DATA_DIR: join(dir, 'data'),
      LIFELINE_HTTP_PORT: '0',
      LIFELINE_MQTT_PORT: '0',
      LIFELINE_ADMIN_PASSWORD: 'Korrekt-Pferd-9',
    },
    stdio: ['ignore', stdio, stdio],
  });
  return child;
}

/** It serves, goes on when more is said that nobody hears, and stops when asked. */
async function servesAndStops(): Promise<void> {
  const is: Hello = await eventually(() => whoServes(join(dir, 'data')), 60_000);
  const ended = child === null ? null : once(child, 'exit');
  for (let n = 0; n < 3; n++) {
    process.kill(is.pid, 'SIGHUP');
    const alive = await fetch(`${is.http}/readyz`);
    expect(alive.status).toBe(200);
  }
  process.kill(is.pid, 'SIGTERM');
  await ended;
}

describe('the watch goes on while its log', { timeout: 90_000 }, () => {
  test.each([
    ['goes to a full disk', 'exec "$NODE" src/main.ts >/dev/full 2>/dev/full'],
    ['was closed', 'exec "$NODE" src/main.ts >&- 2>&-'],
  ])('%s', async (_, command) => {
    start(command);
    await servesAndStops();
    expect(child?.exitCode).toBe(0);
  });

  test('has a reader that went after its first line', async () => {
    start('{ "$NODE" src/main.ts 2>&1; echo $? > "$LIFELINE_DATA_DIR.code"; } | head -n 1 >/dev/null');
    await servesAndStops();
    expect(execFileSync('cat', [join(dir, 'data.code')], { encoding: 'utf8' })).toBe('0\n');
  });

  test('goes to a pipe that is full and that nobody reads, and its lines are there once somebody does', async () => {
    const path = join(dir, 'pipe');
    execFileSync('mkfifo', [path]);
    const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const filled = fill(pipe);
    start('exec "$NODE" src/main.ts', pipe);
    const { http } = await eventually(() => whoServes(join(dir, 'data')), 60_000);
    expect((await fetch(`${http}/readyz`)).status).toBe(200);
    let read = drain(pipe);
    await eventually(async () => {
      read += drain(pipe);
      return read.includes('"msg":"ready"');
    });
    expect(read.slice(filled).startsWith('{"time":')).toBe(true);
    fill(pipe);
    await servesAndStops();
    expect(child?.exitCode).toBe(0);
    closeSync(pipe);
  });
});

/** @returns bytes that went in before no more did */
function fill(pipe: number): number {
  for (let n = 0; ; ) {
    try {
      n += writeSync(pipe, Buffer.alloc(n < 60_000 ? 4_096 : 1, '.'));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') throw cause;
      return n;
    }
  }
}

function drain(pipe: number): string {
  const bytes = Buffer.alloc(65_536);
  let text = '';
  for (;;) {
    try {
      text += bytes.toString('utf8', 0, readSync(pipe, bytes));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') throw cause;
      return text;
    }
  }
}
