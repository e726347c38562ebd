/**
 * `npm test`: two vitests beside each other. One has the two workers that two cores bear; the other has a worker of its
 * own for the files that mostly wait (test/lanes.ts), so that nobody waits for them. With arguments it is one vitest
 * with them: `npm test -- test/flow`.
 *
 * Where `TEST_RESULTS_FILE` is set, the results of both are put together in it, in vitest's JSON.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

type Results = {
  readonly success: boolean;
  readonly startTime: number;
  readonly testResults: readonly unknown[];
} & Readonly<Record<string, unknown>>;

/** One result of several runs: counts are added, lists follow one another, and one that failed is a failure of all. */
export function together(runs: readonly Results[]): Results {
  const counts: Record<string, number> = {};
  for (const run of runs)
    for (const [key, n] of Object.entries(run))
      if (typeof n === 'number' && key.startsWith('num')) counts[key] = (counts[key] ?? 0) + n;
  return {
    ...runs[0],
    ...counts,
    success: runs.length > 0 && runs.every((r) => r.success),
    startTime: Math.min(...runs.map((r) => r.startTime)),
    testResults: runs.flatMap((r) => r.testResults),
  };
}

const running = new Set<ChildProcess>();
/** @returns the exit code, and what it said where that was not said at once */
function vitest(args: readonly string[], results: string | undefined, aside = false) {
  const env = { ...process.env, ...(results === undefined ? {} : { TEST_RESULTS_FILE: results }) };
  const child = spawn(process.execPath, [VITEST, 'run', ...args], {
    cwd: ROOT,
    env,
    stdio: aside ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  });
  running.add(child);
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => said.push(String(text)));
  return new Promise<{ code: number; said: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code: code ?? 1, said: said.join('') });
    });
  });
}

async function main(args: readonly string[]): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      for (const child of running) child.kill(signal);
    });
  const to = process.env.TEST_RESULTS_FILE;
  if (args.length > 0) return (await vitest(args, to)).code;
  const dir = mkdtempSync(join(tmpdir(), 'test-results-'));
  try {
    const files = to === undefined ? [] : [join(dir, 'others.json'), join(dir, 'waiting.json')];
    const [others, waiting] = await Promise.all([
      vitest(['--project', 'fast', '--project', 'whole'], files[0]),
      // Its lines would come between the others', and on a terminal over them: they follow.
      vitest(['--project', 'waiting', '--maxWorkers', '1'], files[1], true),
    ]);
    process.stdout.write(`── beside them, those that wait\n${waiting.said}`);
    const written = files.filter((file) => existsSync(file));
    if (to !== undefined)
      writeFileSync(to, JSON.stringify(together(written.map((f) => JSON.parse(readFileSync(f, 'utf8'))))));
    return written.length < files.length ? 1 : Math.max(others.code, waiting.code);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
