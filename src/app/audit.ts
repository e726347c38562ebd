import { join } from 'node:path';
import { AuditPostgres, AuditSqlite } from '../adapters/audit/index.ts';
import { type Config, shownConfig } from '../config/read.ts';
import { type Millis, seconds } from '../domain/time.ts';
import { AuditThrottle } from '../flow/access/audit-throttle.ts';
import type { Audit, AuditValue } from '../flow/ports/audit.ts';
import type { Ground } from './ground.ts';

const OURSELVES = { who: 'system', from: null, object: null, outcome: 'done' } as const;

export async function openAudit({ options, config, log, clock, onStop }: Ground) {
  const dir = config.LIFELINE_DATA_DIR;
  const { pair } = options;
  const given = { keyFile: join(dir, 'audit.key'), now: () => clock.now(), log };
  const audit =
    pair === undefined
      ? new AuditSqlite({ file: join(dir, 'audit.db'), ...given })
      : new AuditPostgres({ connect: () => pair.connect('audit'), ...given });
  onStop('close the audit journal', seconds(5), () => audit.close());
  await audit.start();

  const throttle = new AuditThrottle(audit, clock);
  throttle.start();
  onStop('tell the last refusals', seconds(2), async () => {
    throttle.stop();
    await audit.record({ ...OURSELVES, at: clock.now(), what: 'service.stop' });
  });
  return { audit, edgeAudit: throttled(audit, throttle) };
}

/** Refusals at the edge are told through the throttle; everything else straight. */
const throttled = (audit: Audit, throttle: AuditThrottle): Audit => ({
  start: () => audit.start(),
  close: () => audit.close(),
  record: (entry) => throttle.record(entry),
  writable: () => audit.writable(),
  entries: (...asked) => audit.entries(...asked),
  anchor: () => audit.anchor(),
  forgetBefore: (then) => audit.forgetBefore(then),
});

/** A start with the values it was given, beside those of the start before: secrets as `***`. */
export async function tellConfiguration(
  audit: Audit,
  config: Config,
  version: string,
  at: Millis,
): Promise<void> {
  const after: AuditValue = { version, ...shownConfig(config) };
  const [last] = await audit.entries({ what: 'service.start' }, 1, null).catch(() => []);
  const changed = JSON.stringify(last?.after) !== JSON.stringify(after);
  const before = changed ? last?.after : undefined;
  await audit.record({
    ...OURSELVES,
    at,
    what: 'service.start',
    after,
    ...(before === undefined ? {} : { before }),
  });
}
