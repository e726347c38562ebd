import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '../eventually.ts';
import { PROCESS_ENV } from '../process-env.ts';
import { ApiClient, PASSWORD } from '../service-process.ts';

const ROOT = join(import.meta.dirname, '../../..');

type Line = Record<string, unknown> & { readonly msg: string; readonly heardAt: number };

export type Readyz = {
  readonly role: 'active' | 'standby';
  readonly epoch: number | null;
  readonly name?: string;
  readonly active?: { readonly name: string } | null;
  readonly database?: 'ok' | 'away';
  readonly broker?: 'ok' | 'away' | null;
  readonly troubles: readonly string[];
  readonly pair?: {
    readonly standbys: readonly { readonly name: string }[];
    readonly lastSwitch: { readonly from: string; readonly why: string } | null;
  } | null;
};

/** One of two machines: the real service as a process of its own, which may stand by. */
export class WatchMachine {
  readonly dataDir: string;
  readonly #env: Record<string, string>;
  #child: ChildProcess | null = null;
  #exit: Promise<number | null> = Promise.resolve(null);
  /** Of the process that runs, or ran last. */
  log: Line[] = [];
  #said = '';

  /** @param env beyond the defaults of tests: anonymous devices, auto-register, a known admin password */
  constructor(dataDir: string, env: Record<string, string>) {
    this.dataDir = dataDir;
    this.#env = env;
  }

  start(): void {
    const log: Line[] = [];
    this.log = log;
    this.#said = '';
    const child = spawn(process.execPath, ['src/main.ts'], {
      cwd: ROOT,
      env: {
        ...PROCESS_ENV,
        LIFELINE_DATA_DIR: this.dataDir,
        LIFELINE_HTTP_PORT: '0',
        LIFELINE_MQTT_PORT: '0',
        LIFELINE_MQTT_ANONYMOUS: 'true',
        LIFELINE_AUTO_REGISTER: 'true',
        LIFELINE_ADMIN_PASSWORD: PASSWORD,
        ...this.#env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr?.on('data', (bytes) => {
      this.#said = (this.#said + String(bytes)).slice(-4_000);
    });
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      log.push({ ...(JSON.parse(line) as Line), heardAt: performance.now() });
    });
    this.#exit = once(child, 'exit').then(([code]) => code as number | null);
    this.#child = child;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Waits for a line of the log. */
  async says(msg: string, within = 60_000): Promise<Line> {
    const { log } = this;
    const told = () => `${this.#said}${log.map((l) => JSON.stringify(l)).join('\n')}`;
    try {
      return await eventually(async () => {
        const line = log.find((l) => l.msg === msg);
        if (line === undefined && this.#child?.exitCode !== null)
          throw new Error(`it ended with ${this.#child?.exitCode}`);
        return line ?? false;
      }, within);
    } catch (cause) {
      throw new Error(`it never said "${msg}" (${(cause as Error).message.split('\n')[0]}):\n${told()}`, {
        cause,
      });
    }
  }

  /** Where it answers: its console, or its page as a standby. */
  get url(): string {
    return String(this.log.findLast((l) => l.msg === 'ready' || l.msg === 'standby')?.http);
  }

  get mqttPort(): number {
    return Number(
      String(this.log.findLast((l) => l.msg === 'ready')?.mqtt)
        .split(':')
        .at(-1),
    );
  }

  async readyz(): Promise<{ readonly http: number } & Readyz> {
    const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    return { http: answer.status, ...((await answer.json()) as Readyz) };
  }

  async client(): Promise<ApiClient> {
    const answer = await fetch(`${this.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account: 'admin', password: PASSWORD }),
    });
    if (!answer.ok) throw new Error(`log-in failed: ${answer.status} ${await answer.text()}`);
    return new ApiClient(this.url, (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** @returns the exit code; null where a signal ended it */
  ended(): Promise<number | null> {
    return this.#exit;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await this.#exit;
  }
}
