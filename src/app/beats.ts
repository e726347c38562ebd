import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openFiles } from '../adapters/open-files/index.ts';
import { days, hours, seconds } from '../domain/time.ts';
import type { Edges, Inside } from './edges.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

/** Milliseconds between two looks at whether the event loop goes round. */
const EVENT_LOOP_LOOK = 20;

type Ends = readonly (() => void)[];

/** The judging's own beat, and device keys that have run out. */
export function startTicking({ clock, meters }: Ground, { flow, watch }: Inside, { keys }: Edges): Ends {
  const held = monitorEventLoopDelay({ resolution: EVENT_LOOP_LOOK });
  held.enable();
  const longest = meters.histogram('event_loop_delay_seconds');
  return [
    () => held.disable(),
    clock.every(seconds(1), () => {
      // What it measures is from one look to the next.
      longest.took(Math.max(0, held.max / 1e9 - EVENT_LOOP_LOOK / 1_000));
      held.reset();
      if (watch.clockWatch.look()) watch.self.report(clock.now());
      meters.set('probe_age_seconds', watch.probe.age / 1_000);
      void flow.turn.tick().catch(() => undefined);
    }),
    clock.every(seconds(10), () => void keys.sweep()),
  ];
}

/** What looks after the disk. */
export function startTidying(ground: Ground, { storage, flow, watch }: Inside): Ends {
  // One that could not be opened is told at once, and not by whoever tries to change something.
  void watch.auditWatch.look().then(() => watch.self.report(ground.clock.now()));
  const { options, clock, meters } = ground;
  const forgetsFrom = storage.startedAt + doubtfulFor(storage);
  return [
    clock.every(seconds(10), () => {
      void watch.auditWatch.look();
      const unsaid = (options.droppedLogLines?.() ?? 0) - meters.counter('log_lines_dropped_total');
      meters.count('log_lines_dropped_total', unsaid);
      void storage.losses.look().catch(() => undefined);
      void flow.spool.look().then(() => watch.self.report(clock.now()));
      void openFiles().then((n) => n !== null && meters.set('open_files', n));
      void storage.mark(flow.durableTurn()).catch(() => undefined);
    }),
    clock.every(hours(1), () => {
      if (clock.now() >= forgetsFrom) void forgetOld(ground, storage);
    }),
  ];
}

/** A clock that leapt ahead must not have a year of readings forgotten in its first hour. */
function doubtfulFor({ startedAt, recovered: { lastAt } }: Storage): number {
  return lastAt !== null && startedAt - lastAt > days(1) ? days(1) : 0;
}

async function forgetOld({ config, clock, log }: Ground, { history, audit }: Storage): Promise<void> {
  const gone = await history.forgetBefore(clock.now() - days(config.LIFELINE_KEEP_DAYS)).catch((cause) => {
    log.warn('old readings could not be dropped; the next hour tries again', { cause: String(cause) });
    return 0;
  });
  if (gone > 0) log.info('old readings were dropped', { days: gone });
  const entries = await audit
    .forgetBefore(clock.now() - days(config.LIFELINE_AUDIT_KEEP_DAYS))
    .catch(() => 0);
  if (entries > 0) log.info('old entries of the audit journal were dropped', { entries });
}
