import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { buildConsole } from '../../../scripts/build-console.ts';
import { type ApiClient, PASSWORD, ServiceProcess } from '../../support/service-process.ts';
import { findChromium, launch, logIn, type Visit, visit } from './page-browser.ts';

/** The browser of this machine; the suites that need one are skipped, and say so, where there is none. */
export const CHROMIUM: string | null = findChromium();
if (CHROMIUM === null)
  console.warn('SKIPPED: the page needs a Chromium on the PATH (apt-get install chromium)');

/** The real service, a real browser, and a sensor: everything a test of the page needs. */
export class BrowserHarness {
  readonly service: ServiceProcess;
  readonly browser: Browser;
  readonly api: ApiClient;
  readonly #dir: string;
  readonly #sensor: MqttClient;
  readonly #visits: Visit[] = [];

  private constructor(
    made: Pick<BrowserHarness, 'service' | 'browser' | 'api'>,
    dir: string,
    sensor: MqttClient,
  ) {
    this.service = made.service;
    this.browser = made.browser;
    this.api = made.api;
    this.#dir = dir;
    this.#sensor = sensor;
  }

  static async start(env: Record<string, string> = {}): Promise<BrowserHarness> {
    await buildConsole();
    const dir = await mkdtemp(join(tmpdir(), 'lifeline-desk-'));
    const [service, browser] = await Promise.all([
      ServiceProcess.start(dir, env),
      launch(CHROMIUM as string),
    ]);
    const sensor = await mqtt.connectAsync(`mqtt://${service.mqttHost}:${service.mqttPort}`);
    return new BrowserHarness({ service, browser, api: await service.client() }, dir, sensor);
  }

  /** Somebody with these roles and a password of their own: the usual one of the tests. @param unit that they are of */
  async person(account: string, roles: readonly string[], unit?: string): Promise<ApiClient> {
    const of = unit === undefined ? {} : { unit };
    const made = await this.api.post('/accounts', { account, name: account, roles, ...of });
    if (made.status !== 201)
      throw new Error(`account ${account}: ${made.status} ${JSON.stringify(made.body)}`);
    const first = await this.service.client(account, String(made.body.oneTimeCode));
    const set = await first.post('/me/password', { next: PASSWORD });
    if (set.status >= 300)
      throw new Error(`password of ${account}: ${set.status} ${JSON.stringify(set.body)}`);
    return this.service.client(account);
  }

  /** A logged-in operator with a live link, in a browser session of their own. */
  async operator(options: BrowserContextOptions = {}, url = this.service.url): Promise<Page> {
    const page = await this.stranger(options, url);
    await logIn(page, 'admin', PASSWORD);
    await page.locator('[data-link=live]').waitFor();
    return page;
  }

  async stranger(options: BrowserContextOptions = {}, url = this.service.url): Promise<Page> {
    const v = await visit(this.browser, url, options);
    this.#visits.push(v);
    return v.page;
  }

  /** One packet of a gas sensor; answered when it is on disk. 60 %LEL is red at once. */
  async gas(device: string, ch4: number, ts?: number): Promise<void> {
    const payload = JSON.stringify({ ...(ts === undefined ? {} : { ts }), values: { ch4 } });
    await this.#sensor.publishAsync(`lifeline/v1/gas/${device}/telemetry`, payload, { qos: 1 });
  }

  async publish(topic: string, payload: unknown): Promise<void> {
    await this.#sensor.publishAsync(topic, JSON.stringify(payload), { qos: 1 });
  }

  /** What threw, went to another host, or was refused by the policy, in any page. */
  get faults(): readonly string[] {
    return this.#visits.flatMap((v) => v.faults);
  }

  async end(): Promise<void> {
    await this.#sensor.endAsync(true);
    await this.browser.close();
    await this.service.stop();
    await rm(this.#dir, { recursive: true, force: true });
  }
}

export const row = (page: Page, point: string): Locator => page.locator(`.list [data-point="${point}"]`);

/** A cable between a browser and the service, that can be cut and mended. */
export class Cable {
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  #whole = true;
  #swallows = false;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      if (!this.#whole) {
        near.destroy();
        return;
      }
      const far = connect(port, '127.0.0.1');
      for (const [end, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#ends.add(end);
        end.on('error', () => end.destroy());
        end.on('close', () => {
          this.#ends.delete(end);
          other.destroy();
        });
        end.pipe(other);
        if (this.#swallows) end.pause();
      }
    });
  }

  static async to(url: string): Promise<Cable> {
    const cable = new Cable(Number(new URL(url).port));
    await new Promise<void>((resolve) => cable.#server.listen(0, '127.0.0.1', resolve));
    return cable;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  cut(): void {
    this.#whole = false;
    for (const end of this.#ends) end.destroy();
  }

  /** As a tunnel or a dying switch does: nothing is refused, and nothing comes through, until it is mended. */
  swallow(): void {
    this.#swallows = true;
    for (const end of this.#ends) end.pause();
  }

  mend(): void {
    this.#whole = true;
    if (!this.#swallows) return;
    this.#swallows = false;
    for (const end of this.#ends) end.resume();
  }

  async end(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** @param p between 0 and 1 */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}

/** One line of figures that a person reads in the test's output. */
export function figures(name: string, values: readonly number[], unit = 'ms'): void {
  if (values.length === 0) {
    console.info(`${name}: none`);
    return;
  }
  const say = (p: number): string => quantile(values, p).toFixed(0);
  console.info(`${name}: p50 ${say(0.5)} ${unit}, p95 ${say(0.95)} ${unit} (n = ${values.length})`);
}
