import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { OutDoor } from '../../src/adapters/shared/out-door.ts';
import { OutHosts } from '../../src/adapters/shared/out-hosts.ts';
import { linesThrough, sm3 } from '../../src/adapters/upstream-line/index.ts';
import { ProfilesDir } from '../../src/adapters/upstream-profiles/index.ts';
import type { OpenUpstreamLine, UpstreamProfiles } from '../../src/flow/ports/upstream/line.ts';
import { UpstreamIntake } from '../../src/flow/upstream/intake.ts';
import { Renderer } from '../../src/flow/upstream/render.ts';
import { UpstreamSender } from '../../src/flow/upstream/sender.ts';
import { UpstreamOffice } from '../../src/flow/upstream/upstream-office.ts';
import type { FlowHarness } from '../flow/flow-harness.ts';

export const SHIPPED_PROFILES = join(import.meta.dirname, '../../mappings/upstreams');

/** What goes up and comes from below, over a flow in memory. @param given.open the receivers; left out: by HTTP, on loopback alone */
export function upstreamsOver(
  flow: FlowHarness,
  given: { open?: OpenUpstreamLine; profiles?: UpstreamProfiles; own?: string; stream?: string } = {},
) {
  const { core, turn, journal, history, clock, log, meters } = flow;
  const profiles =
    given.profiles ?? new ProfilesDir({ shipped: SHIPPED_PROFILES, own: given.own ?? '/nowhere', log });
  const open =
    given.open ??
    linesThrough({
      door: new OutDoor({ hosts: new OutHosts(['127.0.0.1']) }),
      wall: () => clock.now(),
      nonce: randomUUID,
      fileOf: () => '',
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
    stream: given.stream ?? 'stream-1',
    isStored: (upTo) => flow.drain.storedUpTo >= upTo || journal.spoolBytes === 0,
    random: () => 0,
  });
  flow.heard.push((record) => sender.released(record));
  const room = () => Number.POSITIVE_INFINITY;
  const intake = new UpstreamIntake({ core, turn, journal, clock, room });
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
  return { office, sender, intake, profiles };
}
