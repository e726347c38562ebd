import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { OutDoor } from '../adapters/shared/out-door.ts';
import { OutHosts } from '../adapters/shared/out-hosts.ts';
import { linesThrough, sm3 } from '../adapters/upstream-line/index.ts';
import { ProfilesDir } from '../adapters/upstream-profiles/index.ts';
import { hours, minutes, seconds } from '../domain/time.ts';
import { UpstreamIntake } from '../flow/upstream/intake.ts';
import { Renderer } from '../flow/upstream/render.ts';
import { UpstreamSender } from '../flow/upstream/sender.ts';
import { UpstreamOffice } from '../flow/upstream/upstream-office.ts';
import type { Flow } from './flow.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

/** Those that come with the release. */
const SHIPPED = join(import.meta.dirname, '../../mappings/upstreams');
/** The installation's own, in its data directory. */
export const OWN_PROFILES = 'upstreams';

/** What goes up to platforms above, and what comes from those below. Nothing leaves before `start`. */
export function buildUpstreams(ground: Ground, { journal, history, recovered }: Storage, flow: Flow) {
  const { config, clock, log, meters, onStop, ahead } = ground;
  const { core, turn, drain, spool } = flow;
  const own = join(config.LIFELINE_DATA_DIR, OWN_PROFILES);
  const profiles = new ProfilesDir({ shipped: SHIPPED, own, log });
  const open = linesThrough({
    door: new OutDoor({ hosts: new OutHosts(config.LIFELINE_OUT_HOSTS) }),
    wall: () => clock.now() + clock.apart(),
    nonce: randomUUID,
    fileOf: (name) => readFileSync(join(own, basename(name)), 'utf8'),
  });
  const sender = new UpstreamSender({
    core,
    turn,
    clock,
    log,
    meters,
    open,
    profiles,
    renderer: new Renderer({ core, journal, history, digest: sm3 }),
    stream: recovered.epoch,
    isStored: (upTo) => drain.storedUpTo >= upTo || journal.spoolBytes === 0,
    random: Math.random,
  });
  const intake = new UpstreamIntake({ core, turn, journal, clock, room: () => spool.room() });
  const office = new UpstreamOffice({
    core,
    turn,
    journal,
    clock,
    log,
    sender,
    intake,
    profiles,
    digest: sm3,
  });
  ahead.stalledUp = (now) => sender.stalled(now);
  ahead.upward = (record) => sender.released(record);
  onStop('stop telling platforms above', seconds(1), async () => sender.stop());
  const start = (): (() => void)[] => {
    sender.start();
    const due = () => void office.reconcileDue(clock.now()).catch(() => undefined);
    const first = clock.after(minutes(5), due);
    return [first, clock.every(hours(1), due)];
  };
  return { office, sender, profiles, start };
}
