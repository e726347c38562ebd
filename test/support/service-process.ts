import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PROCESS_ENV } from './process-env.ts';

const ROOT = join(import.meta.dirname, '../..');
export const PASSWORD = 'Korrekt-Pferd-9';

/** Every service that was started here and has not ended. */
const living = new Set<ChildProcess>();

/**
 * Kills what is still there: of a test or hook that ran out of time nobody else knows the process, it may be one that
 * was not ready yet. @returns their pids
 */
export function killWhatIsLeft(): number[] {
  const left = [...living];
  for (const child of left) child.kill('SIGKILL');
  return left.flatMap(({ pid }) => pid ?? []);
}

/** The real service as a process of its own, as an operator would start it; on free ports of loopback. */
export class ServiceProcess {
  readonly child: ChildProcess;
  readonly mqttHost: string;
  readonly mqttPort: number;
  readonly url: string;
  /** Every log line so far. */
  readonly log: Record<string, unknown>[];
  readonly #exit: Promise<number | null>;

  private constructor(
    child: ChildProcess,
    ready: { mqtt: string; http: string },
    log: Record<string, unknown>[],
    exit: Promise<number | null>,
  ) {
    this.child = child;
    const [host, port] = ready.mqtt.split(':');
    this.mqttHost = host as string;
    this.mqttPort = Number(port);
    this.url = ready.http;
    this.log = log;
    this.#exit = exit;
  }

  /**
   * @param env beyond the defaults: anonymous devices, auto-register, a known admin password
   * @param openFiles that it may have; left out: as many as we may
   */
  static async start(
    dataDir: string,
    env: Record<string, string> = {},
    openFiles: number | 'as we' = 'as we',
  ): Promise<ServiceProcess> {
    const bounded = openFiles === 'as we' ? '' : `ulimit -n ${openFiles}; `;
    const child = spawn('sh', ['-c', `${bounded}exec "$0" src/main.ts`, process.execPath], {
      cwd: ROOT,
      env: {
        ...PROCESS_ENV,
        LIFELINE_DATA_DIR: dataDir,
        LIFELINE_HTTP_PORT: '0',
        LIFELINE_MQTT_PORT: '0',
        LIFELINE_MQTT_ANONYMOUS: 'true',
        LIFELINE_AUTO_REGISTER: 'true',
        LIFELINE_ADMIN_PASSWORD: PASSWORD,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    living.add(child);
    child.once('exit', () => living.delete(child));
    const log: Record<string, unknown>[] = [];
    const stderr: string[] = [];
    child.stderr?.on('data', (d) => stderr.push(String(d)));
    const exit = once(child, 'exit').then(([code]) => code as number | null);
    const ready = await new Promise<{ mqtt: string; http: string }>((resolve, reject) => {
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        const entry = JSON.parse(line) as Record<string, unknown>;
        log.push(entry);
        if (entry.msg === 'ready') resolve(entry as { mqtt: string; http: string });
      });
      void exit.then((code) =>
        reject(
          new Error(
            `the service ended with ${code} before it was ready:\n${stderr.join('')}${JSON.stringify(log.slice(-5), null, 1)}`,
          ),
        ),
      );
    });
    return new ServiceProcess(child, ready, log, exit);
  }

  /** kill -9: no time for anything. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.#exit;
  }

  /** @returns the exit code */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.#exit;
  }

  /** A logged-in client of the HTTP interface. */
  async client(account = 'admin', password = PASSWORD): Promise<ApiClient> {
    const answer = await fetch(`${this.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account, password }),
    });
    if (!answer.ok) throw new Error(`log-in failed: ${answer.status} ${await answer.text()}`);
    const cookie = (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
    return new ApiClient(this.url, cookie);
  }
}

export class ApiClient {
  readonly url: string;
  readonly cookie: string;

  constructor(url: string, cookie: string) {
    this.url = url;
    this.cookie = cookie;
  }

  async get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, { headers: { cookie: this.cookie } });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  post = (path: string, body: unknown) => this.#send('POST', path, body);
  put = (path: string, body: unknown) => this.#send('PUT', path, body);
  patch = (path: string, body: unknown) => this.#send('PATCH', path, body);

  async #send(
    method: 'POST' | 'PUT' | 'PATCH',
    path: string,
    body: unknown,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { cookie: this.cookie, 'content-type': 'application/json', origin: this.url },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }

  /** Every item of a paged list. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let after: string | null = null;
    do {
      const page: { items: T[]; next: string | null } = await this.get(
        `${path}${path.includes('?') ? '&' : '?'}${after === null ? '' : `after=${encodeURIComponent(after)}`}`,
      );
      items.push(...page.items);
      after = page.next;
    } while (after !== null);
    return items;
  }
}
