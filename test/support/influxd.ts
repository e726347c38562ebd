import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

/** Whether this machine has InfluxDB 1.x; tests that need it say so when it has not. */
export function hasInfluxd(): boolean {
  try {
    execFileSync('influxd', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A real InfluxDB 1.x of its own: loopback, free ports, a directory that goes with it. */
export class Influxd {
  readonly #dir = mkdtempSync(join(tmpdir(), 'influxd-'));
  readonly #more: string;
  #child: ChildProcess | null = null;
  #port = 0;

  private constructor(more: string) {
    this.#more = more;
  }

  /** @param http more lines for the `[http]` part of its configuration */
  static async start({ http = '' }: { readonly http?: string } = {}): Promise<Influxd> {
    const made = new Influxd(http);
    made.#port = await freePort();
    writeFileSync(join(made.#dir, 'influx.conf'), await made.#config());
    await made.again();
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it where it was, with what it had. */
  async again(): Promise<void> {
    const child = spawn('influxd', ['-config', join(this.#dir, 'influx.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr?.on('data', (bytes) => {
      said = (said + String(bytes)).slice(-4_000);
    });
    this.#child = child;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`influxd ended with ${child.exitCode}: ${said}`);
      return fetch(`${this.url}/ping`).then(
        (r) => r.status === 204,
        () => false,
      );
    }, 30_000);
  }

  /** kill -9, as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** It still has its sockets, and says nothing. */
  hang(): void {
    this.#child?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it and clears its directory away. */
  async stop(): Promise<void> {
    this.goOn();
    await this.#end('SIGTERM');
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** Runs statements. @returns the answer's results, as they are */
  async query(q: string, db = ''): Promise<{ series?: { values: unknown[][] }[]; error?: string }[]> {
    const answer = await fetch(`${this.url}/query?db=${encodeURIComponent(db)}&epoch=ms`, {
      method: 'POST',
      body: new URLSearchParams({ q }),
    });
    return ((await answer.json()) as { results: { series?: { values: unknown[][] }[] }[] }).results;
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const tooLong = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(tooLong);
  }

  async #config(): Promise<string> {
    const own = (name: string) => JSON.stringify(join(this.#dir, name));
    return [
      'reporting-disabled = true',
      `bind-address = "127.0.0.1:${await freePort()}"`,
      `[meta]\n  dir = ${own('meta')}`,
      `[data]\n  dir = ${own('data')}\n  wal-dir = ${own('wal')}\n  query-log-enabled = false`,
      '[monitor]\n  store-enabled = false',
      '[subscriber]\n  enabled = false',
      '[continuous_queries]\n  enabled = false',
      `[http]\n  bind-address = "127.0.0.1:${this.#port}"\n  log-enabled = false\n${this.#more}`,
    ].join('\n');
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
