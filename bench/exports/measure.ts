import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Child } from '../child.ts';
import { type Latency, toConsole } from '../latency.ts';
import { ADMIN, startService } from '../service.ts';
import { logIn } from '../session.ts';
import { fillAlarms } from './fill.ts';

/** Issue 24, 5: so many alarms into a workbook, with so much memory, and the desk not delayed. */
const ALARMS = 100_000;
export const EXPORT_BOUNDS = { moreMiB: 300 } as const;
const STEADY = { perSecond: 10, seconds: 8 };
const LOOK_MS = 50;

export type ExportsFigure = {
  readonly alarms: number;
  readonly files: readonly {
    readonly file: string;
    readonly ms: number;
    readonly bytes: number;
    /** Of the service as a whole, at most while the file was on its way. */
    readonly rssMiB: number | null;
  }[];
  /** Of the service before anybody asked for a file. */
  readonly restMiB: number | null;
  readonly desk: { readonly alone: Latency; readonly beside: Latency };
  /** Where the workbook lies, if it is to be kept. */
  readonly kept: string | null;
};

/** A hundred thousand alarms as a workbook from the real service, what that costs it, and what the desk notices of it. */
export async function exportsOf(
  say: (line: string) => void,
  keep: <T extends Child>(child: T) => T,
  keepIn: string | null,
): Promise<ExportsFigure> {
  const dir = await mkdtemp(join(tmpdir(), 'lifeline-bench-exports-'));
  try {
    // Once without anything, so that the folder's parts belong together.
    await keep(await startService(dir)).stop();
    say(`${ALARMS} alarms are written into a journal …`);
    await fillAlarms(dir, ALARMS, Date.now());
    const service = keep(await startService(dir));
    const cookie = await logIn(service.http ?? '', ADMIN.account, ADMIN.password);
    await toConsole(service, cookie, { ...STEADY, seconds: 2, label: 'warm' });
    const restMiB = await service.rssMiB();
    const into = keepIn ?? dir;
    const files: ExportsFigure['files'][number][] = [];
    for (const file of ['alarms.xlsx', 'alarms.csv', 'alarms.xlsx'])
      files.push(await taken(service, cookie, file, join(into, file)));
    const alone = await toConsole(service, cookie, { ...STEADY, label: 'alone' });
    let isOver = false;
    // One after the other, for as long as the desk is looked at.
    const exporting = (async () => {
      while (!isOver) await taken(service, cookie, 'alarms.xlsx', join(dir, 'beside.xlsx'));
    })();
    const beside = await toConsole(service, cookie, { ...STEADY, label: 'beside' });
    isOver = true;
    await exporting;
    await service.stop();
    return { alarms: ALARMS, files, restMiB, desk: { alone, beside }, kept: keepIn };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function taken(
  service: Child,
  cookie: string,
  file: string,
  into: string,
): Promise<ExportsFigure['files'][number]> {
  let rssMiB: number | null = null;
  const look = setInterval(() => {
    void service.rssMiB().then((now) => {
      if (now !== null) rssMiB = Math.max(rssMiB ?? 0, now);
    });
  }, LOOK_MS);
  try {
    const from = performance.now();
    const answer = await fetch(new URL(`/api/v1/${file}?state=all`, service.http ?? ''), {
      headers: { cookie },
    });
    if (!answer.ok || answer.body === null) throw new Error(`/${file} was answered ${answer.status}`);
    await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(into));
    return { file, ms: performance.now() - from, bytes: (await stat(into)).size, rssMiB };
  } finally {
    clearInterval(look);
  }
}
