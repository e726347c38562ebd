import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcess, freePort, mosquitto } from '../test/support/pair/mosquitto.ts';
import { PostgresServer } from '../test/support/postgres-server.ts';
import { calm } from './calm.ts';
import { calmCheck } from './calm-check.ts';
import { startChild } from './child.ts';
import { doors } from './doors/measure.ts';
import { exportsOf } from './exports/measure.ts';
import { history } from './history/measure.ts';
import { intake } from './intake.ts';
import { judging } from './judging.ts';
import { latency } from './latency-pair.ts';
import { HELP, type Options, readOptions } from './options.ts';
import type { Report } from './report.ts';
import { response } from './response/measure.ts';
import { startSecured } from './secured.ts';
import { startService } from './service.ts';
import { soak } from './soak.ts';
import {
  calmText,
  costText,
  doorsText,
  exportsText,
  historyText,
  intakeText,
  judgingText,
  latencyText,
  responseText,
  soakText,
  toldText,
} from './tables.ts';
import { told } from './told.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const BARE_BROKER = fileURLToPath(new URL('./bare-broker.ts', import.meta.url));
/** As on a small machine that it has beside the service; nothing that would make it less durable. */
const OF_ITS_OWN = { shared_buffers: '256MB', max_wal_size: '2GB' };
const started: { stop(): Promise<void> }[] = [];

async function run(o: Options): Promise<Report> {
  const report: Report = {
    machine: { cores: availableParallelism(), model: cpus()[0]?.model ?? 'unknown', node: process.version },
    options: o,
  };
  const bareBroker = async () => keep(await startChild('bare aedes', BARE_BROKER));
  if (o.short) {
    report.check = await calmCheck([await bareBroker(), keep(await startService(null))], say);
    return report;
  }
  if (o.parts.includes('judging') && o.soakMinutes === null) {
    report.judging = await judging();
    say(judgingText(report.judging));
  }
  if (o.parts.includes('history') && o.soakMinutes === null) {
    report.history = await history({ readings: o.readings, memoryLimit: o.storeMemory }, say, keep);
    say(historyText(report.history));
  }
  if (o.parts.includes('told') && o.soakMinutes === null) {
    report.told = await told(o, keep);
    say(toldText(report.told));
  }
  if (o.parts.includes('response') && o.soakMinutes === null) {
    report.response = await response(say, keep);
    say(responseText(report.response));
  }
  if (o.parts.includes('exports') && o.soakMinutes === null) {
    report.exports = await exportsOf(say, keep, o.keep);
    say(exportsText(report.exports));
  }
  if (o.parts.includes('doors') && o.soakMinutes === null) {
    report.doors = await doors(o, keep, say);
    say(doorsText(report.doors));
  }
  if (o.parts.includes('calm') && o.soakMinutes === null) {
    report.calm = await calm([await bareBroker(), keep(await startService(null))], o, say);
    say(calmText(report.calm));
    await stopAll();
  }
  if (o.soakMinutes === null && !o.parts.includes('intake') && !o.parts.includes('latency')) return report;

  if (o.secured) {
    const open = keep(await startService(null, 'open'));
    const secured = keep(await startSecured(o.connections));
    report.intake = await intake(open, secured, o, say);
    say(intakeText(report.intake.summary, ['open', 'secured']));
    say(costText(report.intake));
    return report;
  }
  if (o.database) {
    const postgres = keep(await PostgresServer.start({ onDisk: true, settings: OF_ITS_OWN }));
    const url = postgres.url(await postgres.newDatabase());
    const inSqlite = keep(await startService(null, 'SQLite'));
    const inPostgres = keep(await startService(null, 'PostgreSQL', { LIFELINE_DATABASE_URL: url }));
    report.intake = await intake(inSqlite, inPostgres, o, say);
    say(intakeText(report.intake.summary, ['SQLite', 'PostgreSQL']));
    return report;
  }
  if (o.outside) {
    const url = `mqtt://127.0.0.1:${await ofItsOwn()}`;
    const embedded = keep(await startService(null, 'embedded'));
    const behind = keep(await startService(null, 'Mosquitto', { LIFELINE_MQTT_URL: url }));
    report.intake = await intake(embedded, { ...behind, isBehindBroker: true }, o, say);
    say(intakeText(report.intake.summary, ['embedded', 'Mosquitto']));
    return report;
  }
  const service = keep(await startService(o.data));
  if (o.soakMinutes !== null) {
    report.soak = await soak(service, o.soakMinutes, o, say);
    say(soakText(report.soak));
    return report;
  }
  const bare = await bareBroker();
  if (o.parts.includes('latency')) {
    report.latency = await latency(bare, service, o);
    say(latencyText(report.latency));
  }
  if (o.parts.includes('intake')) {
    report.intake = await intake(bare, service, o, say);
    say(intakeText(report.intake.summary));
    for (const [name, n] of Object.entries(report.intake.setAside)) {
      if (n > 0) say(`note: ${name} is ${n}: part of the load was not taken as good readings`);
    }
  }
  return report;
}

/** A Mosquitto. @returns its port */
async function ofItsOwn(): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'lifeline-bench-broker-'));
  const port = await freePort();
  const broker = await mosquitto(dir, port);
  keep({
    stop: async () => {
      await endProcess(broker, 'SIGTERM');
      await rm(dir, { recursive: true, force: true });
    },
  });
  return port;
}

function keep<T extends { stop(): Promise<void> }>(child: T): T {
  started.push(child);
  return child;
}

async function stopAll(): Promise<void> {
  // The newest first: a database outlives who writes to it.
  for (const child of started.splice(0).reverse()) await child.stop();
}

async function main(): Promise<number> {
  let options: Options | null;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (e) {
    process.stderr.write(`${e instanceof Error ? e.message : String(e)}\n\n${HELP}`);
    return 2;
  }
  if (options === null) {
    say(HELP);
    return 0;
  }
  try {
    const report = await run(options);
    if (options.json !== null) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    return report.check?.isWell === false ? 1 : 0;
  } catch (e) {
    process.stderr.write(`bench: ${e instanceof Error ? e.message : String(e)}\n`);
    return 1;
  } finally {
    await stopAll();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stopAll().finally(() => process.exit(130)));
}
process.exitCode = await main();
