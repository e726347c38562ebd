import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

export type Address = { readonly host: string; readonly port: number };

/** TLS with this authority, and the secret of each device. */
export type Secured = { readonly ca: string; readonly secrets: Readonly<Record<string, string>> };

/** A process of ours that is being measured. */
export type Child = {
  readonly name: string;
  readonly pid: number;
  readonly mqtt: Address;
  readonly http: string | null;
  /** How its devices come in, when not anonymously and in clear. */
  readonly secured?: Secured;
  /** Its devices are at a broker of others: what that has taken the service may not have yet. */
  readonly isBehindBroker?: boolean;
  /** CPU seconds so far, user and system; `null` where the machine has no /proc. */
  cpuSeconds(): Promise<number | null>;
  /** The same with the processes that it has started: the service's history is one of its own. */
  familySeconds(): Promise<number | null>;
  /** The same of its main thread alone, which judges in the service. */
  mainThreadSeconds(): Promise<number | null>;
  /** Resident memory in MiB; `null` as above. */
  rssMiB(): Promise<number | null>;
  alive(): boolean;
  stop(): Promise<void>;
};

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 25_000;
const REST_WITHIN_MS = 60_000;
const REST_LOOK_MS = 500;
/** Of one core. */
const REST_SHARE = 0.1;

/** Starts `node script`, waits for its line `{"msg":"ready", …}`; what it says otherwise is kept for an error. */
export async function startChild(
  name: string,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Child> {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const tail: string[] = [];
  const ready = await new Promise<{ mqtt: string; http?: string }>((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(limit);
      reject(new Error(`${name} did not start: ${why}\n${tail.join('\n')}`));
    };
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`no ready line within ${READY_WITHIN_MS / 1000} s`);
    }, READY_WITHIN_MS);
    child.once('error', (e) => fail(e.message));
    child.once('exit', (code) => fail(`exit code ${code}`));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        tail.push(line);
        if (tail.length > 40) tail.shift();
        const said = asReady(line);
        if (said === null) return;
        clearTimeout(limit);
        child.removeAllListeners('exit');
        resolve(said);
      });
    }
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} has no process id`);
  return {
    name,
    pid,
    mqtt: address(ready.mqtt),
    http: ready.http ?? null,
    cpuSeconds: () => cpuSeconds(`/proc/${pid}`),
    familySeconds: () => familySeconds(pid),
    mainThreadSeconds: () => cpuSeconds(`/proc/${pid}/task/${pid}`),
    rssMiB: () => rssMiB(pid),
    alive: () => child.exitCode === null && child.signalCode === null,
    stop: () => stop(child),
  };
}

/**
 * Waits until a process rests: what it still has to do for one measurement must not fall on the next, whosever
 * that is. Bounded; where CPU cannot be read it waits a moment and goes on.
 */
export async function atRest(child: Child): Promise<void> {
  for (let waited = 0; waited < REST_WITHIN_MS; waited += REST_LOOK_MS) {
    const before = await child.cpuSeconds();
    await new Promise((resolve) => setTimeout(resolve, REST_LOOK_MS));
    const after = await child.cpuSeconds();
    if (before === null || after === null) return;
    if ((after - before) * 1000 < REST_LOOK_MS * REST_SHARE) return;
  }
}

function asReady(line: string): { mqtt: string; http?: string } | null {
  if (!line.startsWith('{')) return null;
  try {
    const said: unknown = JSON.parse(line);
    if (typeof said !== 'object' || said === null || !('msg' in said) || said.msg !== 'ready') return null;
    if (!('mqtt' in said) || typeof said.mqtt !== 'string') return null;
    // Where it speaks TLS, that is what is measured.
    const mqtt = 'mqtts' in said && typeof said.mqtts === 'string' ? said.mqtts : said.mqtt;
    return 'http' in said && typeof said.http === 'string' ? { mqtt, http: said.http } : { mqtt };
  } catch {
    return null;
  }
}

function address(hostPort: string): Address {
  const colon = hostPort.lastIndexOf(':');
  return { host: hostPort.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(hostPort.slice(colon + 1)) };
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    child.once('exit', () => {
      clearTimeout(limit);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

/** Linux's clock tick as user space sees it: USER_HZ is 100 on every architecture that Node 24 is built for. */
const TICKS_PER_SECOND = 100;

/** @param of the folder of a process or of one of its threads */
async function cpuSeconds(of: string): Promise<number | null> {
  const stat = await readFile(`${of}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // Fields 14 and 15 (proc(5)); counted after the command name, which may itself hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Of a process and of all that descend from it and live. */
async function familySeconds(pid: number): Promise<number | null> {
  const own = await cpuSeconds(`/proc/${pid}`);
  if (own === null) return null;
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const started = await Promise.all(
    threads.map((t) => readFile(`/proc/${pid}/task/${t}/children`, 'utf8').catch(() => '')),
  );
  const children = started.flatMap((pids) => pids.split(' ').filter((p) => p !== ''));
  const theirs = await Promise.all(children.map((child) => familySeconds(Number(child))));
  return theirs.reduce<number>((sum, s) => sum + (s ?? 0), own);
}

async function rssMiB(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  const kib = status === null ? null : /^VmRSS:\s+(\d+) kB/m.exec(status);
  return kib === null ? null : Number(kib[1]) / 1024;
}
