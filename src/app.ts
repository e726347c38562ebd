import { SteadyClock } from './adapters/clock/index.ts';
import { buildAnswering } from './app/answering.ts';
import { startTicking, startTidying } from './app/beats.ts';
import { buildControl, buildEdges } from './app/edges.ts';
import { sayFirstWords } from './app/first-words.ts';
import { buildFlow } from './app/flow.ts';
import { buildForecasts } from './app/forecasts.ts';
import { type Ground, nothingAhead } from './app/ground.ts';
import { buildNotices } from './app/notices.ts';
import type { AppOptions } from './app/options.ts';
import { meterPair } from './app/pair/meters.ts';
import { openSharedFiles } from './app/pair/shared-files.ts';
import { openPeople } from './app/people.ts';
import { buildResponses } from './app/responses.ts';
import { openJournal, openStorage } from './app/storage.ts';
import { buildUpstreams } from './app/upstreams.ts';
import { buildWatch } from './app/watch.ts';
import type { GivenTls } from './domain/listener-tls.ts';
import { seconds } from './domain/time.ts';
import type { DoorKey } from './flow/ports/frames/frame-desk.ts';
import { Meters } from './flow/ports/meters.ts';
import { runStages, type Stage } from './lifecycle.ts';

/** Where it listens; doors of other protocols by their standard. */
export type Addresses = {
  readonly mqtt: string;
  readonly mqtts?: string;
  readonly http: string;
} & Readonly<Partial<Record<DoorKey, string>>>;

export type App = {
  start(): Promise<Addresses>;
  /** Takes certificates that were read again, where they are new and good; what is wrong with others is told. */
  renewCertificates(given: GivenTls): void;
  /** Reads mapping files again. */
  reloadMappings(): void;
  /** @returns true when every stage ended well and "stopped cleanly" is on disk */
  stop(): Promise<boolean>;
};

/**
 * Introduces everybody to everybody, in one straight line. Nothing runs before `start`. Each part takes what the ones
 * before it return; the few calls that go the other way are named in `Ahead`. What is started registers its stop on
 * the next line, so that the stop is this line backwards:
 *
 *     journal ─▶ storage, people ─▶ flow ─▶ watch ─▶ edges ─▶ HTTP and consoles ─▶ beats ─▶ MQTT ─▶ control ─▶ self-check
 */
export function createApp(options: AppOptions): App {
  const { config, log } = options;
  const clock = options.clock ?? new SteadyClock();
  const stops: Stage[] = [];
  const onStop: Ground['onStop'] = (name, atMost, run) => stops.unshift({ name, atMost, run });
  let reloadMappings: () => void = () => undefined;
  let renew: (given: GivenTls) => void = () => undefined;

  async function start(): Promise<Addresses> {
    const ahead = nothingAhead();
    const ground: Ground = { options, config, log, clock, meters: new Meters(), onStop, ahead };
    const journal = await openJournal(ground);
    await openSharedFiles(ground);
    // Side by side: the one waits for a process to come up, the other for the seal of a first code.
    const [storage, people] = await bothOf(openStorage(ground, journal), openPeople(ground));
    storage.settle();
    const flow = await buildFlow(ground, storage);
    const watch = buildWatch(ground, storage, flow);
    const notices = buildNotices(ground, storage, flow);
    const responses = await buildResponses(ground, storage, flow);
    const forecasts = buildForecasts(ground, flow);
    const answering = buildAnswering(ground, storage, flow, () => forecasts.desk.skill());
    const upstreams = buildUpstreams(ground, storage, flow);
    const inside = { storage, people, flow, watch, notices, responses, answering, forecasts, upstreams };
    const edges = buildEdges(ground, inside);
    const { broker, outside, http, live, doors, listeners, queues, commands } = edges;
    reloadMappings = () => {
      doors.mappings.reload();
      upstreams.profiles.reload();
    };

    flow.drain.start(flow.core.lastTurn);
    onStop('drain the spool', seconds(6), () => flow.drain.stop());
    await options.portsNeeded?.();
    const { url } = await http.start();
    onStop('close HTTP', seconds(2), () => http.stop());
    live.attach(http.server);
    onStop('tell the consoles', seconds(1), () => live.stop());

    await notices.outbox.start();
    const telling = upstreams.start();
    const ticking = startTicking(ground, inside, edges);
    await watch.self.start(flow.core.register);
    // What was moved along with our clock is on disk before anything else: another start would not know that it was set.
    if ((options.clockMoved?.by ?? 0) !== 0) await flow.turn.tick('all');
    const tidying = [...startTidying(ground, inside), ...meterPair(ground)];
    onStop('close the doors', seconds(3), () => listeners.stop());
    const looking = [...forecasts.start(), ...answering.start()];
    onStop('close the broker', seconds(3), () => broker.stop());
    // What was in hand has been acknowledged by then.
    onStop('leave the outside broker', seconds(1), async () => outside?.stop());
    onStop('finish the turn in hand', seconds(5), async () => {
      await flow.turn.tick('all');
      await flow.turn.settle();
    });
    onStop('stop the clock', seconds(1), () => {
      for (const end of [...ticking, ...tidying, ...looking, ...telling]) end();
    });

    // Packets are accepted last: everything that they need is there.
    const mqtt = await broker.start();
    ahead.self = {
      mqttPort: mqtt.port,
      mqtt: `mqtt://${reachable(mqtt.host)}:${mqtt.port}`,
      mqtts: mqtt.tls === null ? null : `mqtts://${reachable(mqtt.tls.host)}:${mqtt.tls.port}`,
      http: urlReachable(url),
    };
    outside?.start();
    onStop('refuse new packets', seconds(1), () => {
      broker.stopAccepting();
      outside?.stopAccepting();
    });
    await commands.sender.start();
    onStop('stop commanding devices', seconds(1), async () => commands.sender.stop());
    const open = Object.entries(await listeners.start());
    onStop('refuse new frames', seconds(1), async () => listeners.stopAccepting());
    await Promise.all(queues.map((queue) => queue.start()));
    onStop('leave the AMQP queues', seconds(1), async () => {
      await Promise.all(queues.map((queue) => queue.stop()));
    });

    const addresses: Addresses = {
      mqtt: hostPort(outside?.address ?? mqtt),
      ...(mqtt.tls === null ? {} : { mqtts: hostPort(mqtt.tls) }),
      http: url,
      ...Object.fromEntries(open.map(([door, at]) => [door, hostPort(at)])),
    };
    renew = (given) => {
      watch.certificates.renew(given, {
        https: ({ cert, key }) => http.renew({ cert, key }),
        mqtts: (material) => broker.renew(material),
      });
      watch.self.report(clock.now());
    };
    const hello = { ...addresses, pid: process.pid, version: options.version };
    const control = buildControl(ground, inside, edges.keys, hello);
    await control.start();
    onStop('close the control socket', seconds(1), () => control.stop());

    if (options.probe !== false) {
      const ends = watch.probe.start(seconds(config.LIFELINE_PROBE_SECONDS));
      onStop('end the self-check', seconds(1), async () => {
        ends();
        watch.probeLine.close();
      });
    }

    await sayFirstWords(ground, storage, people, url);
    watch.certificates.tellAtStart();
    return addresses;
  }

  async function stop(): Promise<boolean> {
    const bad = await runStages(stops.splice(0), log);
    return bad.length === 0;
  }

  return {
    start,
    stop,
    renewCertificates: (given) => renew(given),
    reloadMappings: () => reloadMappings(),
  };
}

/** Both have ended before either's failure is told: a stop closes what is open, and nothing is still opening. */
async function bothOf<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

/** An IPv6 address has colons of its own. */
const hostPort = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Who listens everywhere is reached here. */
const reachable = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;

function urlReachable(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${protocol}//${reachable(hostname.replace(/^\[|\]$/g, ''))}:${port}`;
}
