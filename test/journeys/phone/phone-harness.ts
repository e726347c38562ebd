import { createServer, request, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { PASSWORD } from '../../support/service-process.ts';
import { BrowserHarness } from '../pages/browser-harness.ts';

/** What a crew holds: a phone that knows where it is. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  permissions: ['geolocation'],
  geolocation: { longitude: 115.78201, latitude: 33.8439, accuracy: 9 },
};

/** As the interface answers; a test looks into more of it than is worth a type. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape other tests check
type Loose = any;

/** A city with one gas well, two crews and an alarm; the crews' phones. */
export class PhoneHarness {
  readonly desk: BrowserHarness;
  readonly alarm: string;
  #n = 0;

  private constructor(desk: BrowserHarness, alarm: string) {
    this.desk = desk;
    this.alarm = alarm;
  }

  static async start(): Promise<PhoneHarness> {
    const desk = await BrowserHarness.start();
    const { api, service } = desk;
    await fetch(`${service.url}/api/v1/register/import`, {
      method: 'POST',
      headers: { cookie: api.cookie, 'content-type': 'text/csv', origin: service.url },
      body: `kind,code,name,parent,lifeline,area,asset,point,lon,lat,crs
area,3416,亳州市,,,,,,,,
area,341602,谯城区,3416,,,,,,,
asset,W-1,魏武大道 12 号燃气阀门井,,gas,341602,,,115.78213,33.84411,CGCS2000
point,P-1,井内甲烷,,gas,341602,W-1,,,,
device,D-1,,,gas,,,P-1,,,
`,
    });
    const told = [
      await api.post('/units', { code: 'gas-crew', name: '燃气抢修一班', kind: 'crew', areas: ['3416'] }),
      await api.post('/units', { code: 'water-crew', name: '供水抢修班', kind: 'crew', areas: ['3416'] }),
      // Whoever enters a gas well checks first.
      await api.put('/clock-policies/gas-red', {
        match: { levels: [1], lifelines: ['gas'] },
        minutes: { accept: 5, arrive: 30, 'first-feedback': 30, feedback: 30, control: 120, verify: 60 },
        safetyCheck: true,
        reason: '下井',
      }),
    ];
    for (const { status, body } of told)
      if (status > 201) throw new Error(`${status} ${JSON.stringify(body)}`);
    for (const [account, name, unit] of [
      ['wang', '王建国', 'gas-crew'],
      ['zhao', '赵敏', 'water-crew'],
    ])
      await PhoneHarness.#person(desk, { account, name, unit, roles: ['crew'] });
    await desk.gas('D-1', 60);
    const red = (await api.get<Loose>('/alarms?state=open')).items.find((a: Loose) => a.pointCode === 'P-1');
    return new PhoneHarness(desk, red.id);
  }

  static async #person(desk: BrowserHarness, person: object): Promise<void> {
    const made = await desk.api.post('/accounts', person);
    const first = await desk.service.client(
      (person as { account: string }).account,
      String(made.body.oneTimeCode),
    );
    const set = await first.post('/me/password', { next: PASSWORD });
    if (set.status >= 300) throw new Error(`${set.status} ${JSON.stringify(set.body)}`);
  }

  /** A phone on which somebody has logged in. */
  async phone(account: string, more: BrowserContextOptions = {}, url = this.desk.service.url): Promise<Page> {
    const page = await this.desk.stranger({ ...PHONE, ...more }, `${url}/m`);
    await this.logIn(page, account);
    return page;
  }

  async logIn(page: Page, account: string): Promise<void> {
    await page.fill('input[name=account]', account);
    await page.fill('input[name=password]', PASSWORD);
    await page.locator('button[type=submit]').click();
    await page.locator('[data-online=true] [data-part=as-of]:not(:empty)').waitFor();
  }

  /** An order for the gas crew, about the alarm unless it is said otherwise. */
  async order(more: object = {}): Promise<Loose> {
    const { status, body } = await this.desk.api.post('/orders', {
      source: { kind: 'alarm', id: this.alarm },
      unit: 'gas-crew',
      commandId: `desk-${++this.#n}`,
      ...more,
    });
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body;
  }

  async act(id: string, verb: string, body: object): Promise<Loose> {
    const told = await this.desk.api.post(`/orders/${id}/${verb}`, {
      commandId: `desk-${++this.#n}`,
      ...body,
    });
    if (told.status !== 200) throw new Error(`${told.status} ${JSON.stringify(told.body)}`);
    return told.body;
  }

  async of(id: string): Promise<Loose> {
    return this.desk.api.get(`/orders/${id}`);
  }

  async story(id: string): Promise<Loose[]> {
    return (await this.desk.api.get<Loose>(`/orders/${id}/events`)).items;
  }

  end(): Promise<void> {
    return this.desk.end();
  }
}

/** The service behind a door of the test, that gives out another service worker from when it is told to. */
export class UpgradedService {
  readonly #server: Server;
  #isNew = false;

  private constructor(to: URL) {
    this.#server = createServer((asked, answer) => {
      const { url = '/', method = 'GET' } = asked;
      const isWorker = url === '/m/sw.js' && this.#isNew;
      // What a browser knows already is not new to it.
      const { 'if-none-match': tag, 'if-modified-since': since, ...others } = asked.headers;
      const headers = isWorker ? others : asked.headers;
      const onward = request({ host: to.hostname, port: to.port, path: url, method, headers }, (told) => {
        const { 'content-length': length, ...rest } = told.headers;
        answer.writeHead(told.statusCode ?? 502, isWorker ? rest : told.headers);
        if (!isWorker) {
          told.pipe(answer);
          return;
        }
        text(told).then(
          (worker) => answer.end(worker.replace(/lifeline-phone:\w+/, 'lifeline-phone:upgraded')),
          () => answer.destroy(),
        );
      });
      onward.on('error', () => answer.destroy());
      asked.pipe(onward);
    });
  }

  static async before(url: string): Promise<UpgradedService> {
    const door = new UpgradedService(new URL(url));
    await new Promise<void>((resolve) => door.#server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  upgrade(): void {
    this.#isNew = true;
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Opens an order from the list of the phone. */
export async function openOrder(page: Page, no: string): Promise<void> {
  await page.locator('[data-part=refresh]').click();
  await page.locator(`a[data-order="${no}"]`).click();
  await page.locator(`article[data-order="${no}"]`).waitFor();
}

export const press = (page: Page, verb: string): Promise<void> =>
  page.locator(`[data-verb="${verb}"]`).click();
export const submit = (page: Page): Promise<void> =>
  page.locator('form[data-act] button[type=submit]').click();
export const inState = (page: Page, state: string): Promise<void> =>
  page.locator(`article[data-state="${state}"]`).waitFor();
/** Everything has been sent. */
export const allSent = (page: Page): Promise<void> =>
  page.locator('[data-waiting]').waitFor({ state: 'detached' });
