import { readdirSync, readFileSync } from 'node:fs';

/** The process in which the history of the service `pid` runs. Linux only. */
export function engineOf(pid: number): number {
  const engines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isEngine(name, pid))
    .map(Number);
  const [engine] = engines;
  if (engine === undefined || engines.length > 1)
    throw new Error(`process ${pid} has ${engines.length} history processes, not one`);
  return engine;
}

function isEngine(name: string, parent: number): boolean {
  try {
    const ppid = / [A-Z] (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1];
    return (
      Number(ppid) === parent &&
      readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('history-duckdb/serve')
    );
  } catch {
    return false;
  }
}
