import { join } from 'node:path';
import { setImmediate as nextRound } from 'node:timers/promises';
import { expect } from 'vitest';
import type { z } from 'zod';
import { AccountsSqlite } from '../../src/adapters/accounts/index.ts';
import { ConsoleHttp, type ConsoleHttpOptions } from '../../src/adapters/console-http/index.ts';
import { ConsoleWs } from '../../src/adapters/console-ws/index.ts';
import type { LiveLimits } from '../../src/adapters/console-ws/limits.ts';
import { readDrawing } from '../../src/adapters/drawing-files/index.ts';
import { SimulatedDrills } from '../../src/adapters/drill-scenarios/index.ts';
import { ExportProfilesDir } from '../../src/adapters/export-profiles/index.ts';
import { systemIds } from '../../src/adapters/ids/index.ts';
import { systemTokens } from '../../src/adapters/ids/tokens.ts';
import { packBundle } from '../../src/adapters/incident-bundle/index.ts';
import { writeSheet } from '../../src/adapters/sheet-xlsx/index.ts';
import type { PersonRole } from '../../src/domain/account/roles.ts';
import type { Scope } from '../../src/domain/account/scope.ts';
import { days } from '../../src/domain/time.ts';
import { KeyDesk } from '../../src/flow/access/key-desk.ts';
import { CitizenOffice } from '../../src/flow/answering/citizen-office.ts';
import { HandoverOffice } from '../../src/flow/answering/handover-office.ts';
import { ReportOffice } from '../../src/flow/answering/report-office.ts';
import { BacktestJobs } from '../../src/flow/backtest/jobs.ts';
import { ThresholdSuggestions } from '../../src/flow/backtest/threshold-suggestions.ts';
import { CommandOffice } from '../../src/flow/commands/command-office.ts';
import { PacketDoors } from '../../src/flow/doors/doors.ts';
import { ForecastDesk } from '../../src/flow/forecast/forecast-desk.ts';
import { LeakSignsOfHistory } from '../../src/flow/forecast/leak-or-biogas.ts';
import { DrillOffice } from '../../src/flow/outbox/drill-office.ts';
import { openOffice } from '../../src/flow/outbox/office.ts';
import { ResponseOffice } from '../../src/flow/outbox/response-office.ts';
import { RiskOffice } from '../../src/flow/outbox/risk-office.ts';
import { LOGIN_LIMITS, type LoginLimits } from '../../src/flow/ports/accounts.ts';
import type { LogFields } from '../../src/flow/ports/log.ts';
import type { OpenNoticeChannel } from '../../src/flow/ports/notice-channel.ts';
import type { Health } from '../../src/flow/ports/service.ts';
import { LifelineService } from '../../src/flow/service.ts';
import { PACKS } from '../../src/packs/index.ts';
import { problemCodesOf } from '../../src/wire/http/documents/openapi.ts';
import { type ProblemJson, problemOut } from '../../src/wire/http/problems.ts';
import type { RouteSpec } from '../../src/wire/http/route.ts';
import { ROUTES, type RouteName } from '../../src/wire/http/routes.ts';
import { FlowHarness } from '../flow/flow-harness.ts';
import { AttachmentsMemory } from '../memory/attachments.ts';
import { AuditMemory } from '../memory/audit.ts';
import { DeviceKeysMemory } from '../memory/device-keys.ts';
import type { CommitHooks } from '../memory/journal.ts';
import { MemoryMappings } from '../memory/mappings.ts';
import { MapsMemory } from '../memory/maps.ts';
import { upstreamsOver } from './upstreams.ts';

export const PASSWORD = 'Bozhou-2026-watch';
const NO_SPOOL: Health['spool'] = { bytes: 0, turns: 0, oldest: null };

export type Ask = {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  /** CSV goes as it is. */
  readonly csv?: string | Uint8Array<ArrayBuffer>;
  /** A file as it is, of the type that it is said to be. */
  readonly file?: { readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** `null`: nobody. */
  readonly token?: string | null;
};

export type Told = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape has just been checked
  readonly json: any;
};

/** The real flow over in-memory ports, behind the real HTTP and WebSocket servers; the clock moves when told. */
export class EdgeHarness {
  readonly flow: FlowHarness;
  readonly service: LifelineService;
  readonly accounts: AccountsSqlite;
  readonly audit: AuditMemory;
  readonly citizens: CitizenOffice;
  readonly http: ConsoleHttp;
  readonly live: ConsoleWs;
  readonly lines: { readonly msg: string; readonly fields: LogFields }[];
  /** Routes that have been answered as they promise. */
  readonly asked: Set<RouteName>;
  oneTimeCode: string | null = null;
  url = '';
  token = '';

  private constructor(
    made: Pick<
      EdgeHarness,
      'flow' | 'service' | 'accounts' | 'audit' | 'citizens' | 'http' | 'live' | 'lines'
    >,
  ) {
    this.flow = made.flow;
    this.service = made.service;
    this.accounts = made.accounts;
    this.audit = made.audit;
    this.citizens = made.citizens;
    this.http = made.http;
    this.live = made.live;
    this.lines = made.lines;
    this.asked = new Set();
  }

  static async open(
    given: {
      readonly hooks?: CommitHooks;
      readonly consoleDir?: string | null;
      readonly trustOrigins?: readonly string[];
      readonly limits?: Partial<LiveLimits>;
      readonly adminPassword?: string | null;
      readonly flow?: FlowHarness;
      readonly login?: Partial<LoginLimits>;
      /** Where messages go; left out: every one is accepted. */
      readonly channels?: OpenNoticeChannel;
      readonly policyApproval?: 'one' | 'two';
      readonly linkMode?: 'off' | 'read' | 'act';
      readonly doorSecrets?: ReadonlyMap<string, string>;
      /** How long words of citizens are kept; left out: as by default. */
      readonly wordsFor?: number;
      /** Profiles of files of this installation; left out: none. */
      readonly exportsDir?: string;
    } & Pick<
      ConsoleHttpOptions,
      | 'rate'
      | 'trustProxies'
      | 'closed'
      | 'shelveLevel1'
      | 'secondPersonForLevel1'
      | 'secondPersonToAssess'
      | 'handoverPersons'
      | 'tileHosts'
      | 'mayAnswer'
    > = {},
  ): Promise<EdgeHarness> {
    const { rate, trustProxies, closed, shelveLevel1, tileHosts, mayAnswer } = given;
    const { secondPersonForLevel1, secondPersonToAssess, handoverPersons } = given;
    const options = {
      ...(shelveLevel1 === undefined ? {} : { shelveLevel1 }),
      ...(rate === undefined ? {} : { rate }),
      ...(mayAnswer === undefined ? {} : { mayAnswer }),
      ...(trustProxies === undefined ? {} : { trustProxies }),
      ...(closed === undefined ? {} : { closed }),
      ...(tileHosts === undefined ? {} : { tileHosts }),
      ...(secondPersonForLevel1 === undefined ? {} : { secondPersonForLevel1 }),
      ...(secondPersonToAssess === undefined ? {} : { secondPersonToAssess }),
      ...(handoverPersons === undefined ? {} : { handoverPersons }),
    };
    const flow =
      given.flow ??
      (await FlowHarness.begin({
        ...(given.hooks ? { hooks: given.hooks } : {}),
        ...(shelveLevel1 === undefined ? {} : { shelveLevel1 }),
        ...(secondPersonForLevel1 === undefined ? {} : { secondPersonForLevel1 }),
        ...(secondPersonToAssess === undefined ? {} : { secondPersonToAssess }),
      }));
    const { clock, meters, journal, history } = flow;
    const accounts = new AccountsSqlite({
      file: ':memory:',
      now: () => clock.now(),
      cost: { N: 16, r: 1, p: 1 },
      ...(given.login ? { limits: { ...LOGIN_LIMITS, ...given.login } } : {}),
    });
    const audit = new AuditMemory();
    const { oneTimeCode } = await accounts.start({
      adminPassword: given.adminPassword === undefined ? PASSWORD : given.adminPassword,
    });
    const service = new LifelineService({
      core: flow.core,
      turn: flow.turn,
      registrar: flow.registrar,
      board: flow.board,
      journal,
      drain: flow.drain,
      packs: PACKS,
      startedAt: clock.now(),
      spool: { state: NO_SPOOL, full: 0, isHolding: false },
      audit: { isFailing: false },
    });
    const lines: EdgeHarness['lines'] = [];
    const write = (msg: string, fields: LogFields = {}) => void lines.push({ msg, fields });
    const log = { info: write, warn: write, error: write };
    const trustOrigins = given.trustOrigins ?? [];
    const keys = new KeyDesk({
      keys: new DeviceKeysMemory({ now: () => clock.now() }),
      audit,
      clock,
      log,
      register: flow.core.register,
      anonymous: false,
      cutOff: () => 0,
      forget: () => undefined,
    });
    const doors = new PacketDoors({
      mappings: new MemoryMappings(),
      register: flow.core.register,
      book: flow.core.book,
      autoRegister: false,
      intake: flow.turn.intake,
      meters,
    });
    const open: OpenNoticeChannel =
      given.channels ?? (() => ({ send: async () => ({ is: 'accepted', said: 'ok' }) }));
    const breathe = () => nextRound();
    const backtests = new BacktestJobs({ core: flow.core, history, journal, clock, breathe });
    const attachments = new AttachmentsMemory();
    const forecasts = new ForecastDesk({
      core: flow.core,
      packs: PACKS,
      turn: flow.turn,
      history,
      ids: systemIds,
      clock,
      log,
      breathe,
    });
    const citizens = new CitizenOffice({
      core: flow.core,
      turn: flow.turn,
      journal,
      clock: flow.clock,
      ids: systemIds,
      breathe,
      keepFor: given.wordsFor ?? days(90),
      log,
    });
    const http = new ConsoleHttp({
      keys,
      host: '127.0.0.1',
      port: 0,
      service,
      journal,
      history,
      backtests,
      attachments,
      maps: new MapsMemory(),
      readDrawing,
      packBundle,
      writeSheet,
      commands: new CommandOffice({
        ...{ core: flow.core, turn: flow.turn, journal, ids: systemIds },
        writesOf: () => null,
      }),
      doors,
      doorHeard: () => undefined,
      doorSecrets: given.doorSecrets ?? new Map(),
      capIssuer: { sender: '34160041400100', senderName: '亳州市城市生命线监测中心' },
      drills: new DrillOffice({
        core: flow.core,
        turn: flow.turn,
        journal,
        clock: flow.clock,
        scenarios: new SimulatedDrills(),
        newId: systemIds.drill,
        endsOnRed: true,
      }),
      citizens,
      exportProfiles: new ExportProfilesDir({
        shipped: join(import.meta.dirname, '../../mappings/exports'),
        own: given.exportsDir ?? '',
      }),
      risks: new RiskOffice({
        core: flow.core,
        turn: flow.turn,
        journal,
        clock: flow.clock,
        newId: systemIds.finding,
      }),
      handovers: new HandoverOffice({ core: flow.core, turn: flow.turn, journal, ids: systemIds, log }),
      reports: new ReportOffice({
        core: flow.core,
        turn: flow.turn,
        journal,
        ids: systemIds,
        clock,
        packs: PACKS,
        breathe,
        log,
      }),
      responses: new ResponseOffice({
        core: flow.core,
        turn: flow.turn,
        journal,
        ids: systemIds,
        files: attachments,
        capSender: '34160041400100',
        log,
      }),
      notices: openOffice({
        core: flow.core,
        turn: flow.turn,
        journal,
        clock,
        open,
        linkMode: given.linkMode ?? 'off',
        tokens: systemTokens,
        approval: given.policyApproval ?? 'one',
      }),
      upstreams: upstreamsOver(flow).office,
      forecasts,
      leakSigns: new LeakSignsOfHistory({ core: flow.core, packs: PACKS, history: flow.history }),
      suggestions: new ThresholdSuggestions({ core: flow.core, history, journal, backtests, breathe }),
      accounts,
      audit,
      clock,
      log,
      meters,
      consoleDir: given.consoleDir ?? null,
      version: '0.0.0-test',
      trustOrigins,
      ...options,
    });
    const live = new ConsoleWs({
      service,
      journal,
      accounts,
      audit,
      clock,
      log,
      meters,
      trustOrigins,
      ...(trustProxies === undefined ? {} : { trustProxies }),
      ...(given.limits ? { limits: given.limits } : {}),
    });
    const edge = new EdgeHarness({ flow, service, accounts, audit, citizens, http, live, lines });
    edge.oneTimeCode = oneTimeCode;
    edge.url = (await http.start()).url;
    live.attach(http.server);
    if (given.adminPassword === undefined) edge.token = await edge.enter('admin', PASSWORD);
    return edge;
  }

  async close(): Promise<void> {
    await this.live.stop();
    await this.http.stop();
  }

  async enter(account: string, password: string): Promise<string> {
    const entered = await this.accounts.login(account, password, '127.0.0.1');
    if (!entered.ok) throw new Error(entered.error.code);
    return entered.value.token;
  }

  /** Somebody of these roles, bound to these areas, of this unit. */
  async person(
    account: string,
    roles: readonly PersonRole[],
    areas: Scope = null,
    unit: string | null = null,
  ): Promise<string> {
    const added = await this.accounts.add(account, account, PASSWORD, { roles, areas, unit });
    if (!added.ok) throw new Error(added.error.code);
    return this.enter(account, PASSWORD);
  }

  /** Another person on duty. */
  async operator(account: string, name: string): Promise<string> {
    await this.accounts.add(account, name, PASSWORD);
    return this.enter(account, PASSWORD);
  }

  /**
   * Asks a route of the table, and holds the answer against it: a status, a problem code or a field that the
   * table does not promise fails the test that met it.
   */
  async ask(name: RouteName, ask: Ask = {}): Promise<Told> {
    const route: RouteSpec = ROUTES[name];
    const path = route.path.replace(/\{(\w+)\}/g, (_, p: string) =>
      encodeURIComponent(ask.params?.[p] ?? ''),
    );
    const query = new URLSearchParams(
      Object.entries(ask.query ?? {}).map(([k, v]): [string, string] => [k, String(v)]),
    );
    const told = await this.fetch(`${path}${query.size > 0 ? `?${query}` : ''}`, {
      method: route.method,
      headers: {
        ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ask.csv === undefined ? {} : { 'content-type': 'text/csv' }),
        ...(ask.file === undefined ? {} : { 'content-type': ask.file.type }),
        ...(ask.token === null ? {} : { authorization: `Bearer ${ask.token ?? this.token}` }),
        ...ask.headers,
      },
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
      ...(ask.csv === undefined ? {} : { body: ask.csv }),
      ...(ask.file === undefined ? {} : { body: ask.file.bytes }),
    });
    this.#hold(name, route, told);
    return told;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Told> {
    const response = await fetch(this.url + path, { redirect: 'manual', ...init });
    // Not `text()`: that takes the byte-order mark away.
    const text = Buffer.from(await response.arrayBuffer()).toString();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : null,
    };
  }

  #hold(name: RouteName, route: RouteSpec, told: Told): void {
    if (told.headers.get('content-type')?.includes('problem+json')) {
      const problem: ProblemJson = same(problemOut, told.json);
      expect(problem.status).toBe(told.status);
      expect(problemCodesOf(route)).toContain(problem.code);
      return;
    }
    expect([route.answer.status, route.orStatus]).toContain(told.status);
    if (route.answer.type === 'json') same(route.answer.schema, told.json);
    this.asked.add(name);
  }

  /** A gas reading, a second after the last: 60 %LEL raises a red alarm at once, 25 a yellow one. */
  async raise(device: string, value = 60): Promise<void> {
    this.flow.clock.forward(1_000);
    await this.flow.value('gas', device, 'ch4', value);
  }

  /** Readings so far, in the history store. */
  async stored(): Promise<void> {
    await this.flow.stored('none', 'none');
  }
}

/** The schema accepts the value and finds nothing in it that it does not describe. */
export function same<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const read = schema.safeParse(value);
  expect(read.error?.issues ?? []).toEqual([]);
  expect(read.data).toEqual(value);
  return read.data as z.output<S>;
}
