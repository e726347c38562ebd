import { randomUUID } from 'node:crypto';
import { systemTokens } from '../adapters/ids/tokens.ts';
import { channelsThrough } from '../adapters/notice-channels/index.ts';
import { OutDoor } from '../adapters/shared/out-door.ts';
import { OutHosts } from '../adapters/shared/out-hosts.ts';
import { seconds } from '../domain/time.ts';
import { NoticeLinks } from '../flow/outbox/links.ts';
import { openOffice } from '../flow/outbox/office.ts';
import { Outbox } from '../flow/outbox/outbox.ts';
import type { Flow } from './flow.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

/** The way out of the house: who may be told, and what carries it there. Nothing leaves before `outbox.start`. */
export function buildNotices(ground: Ground, { journal }: Storage, { core, turn }: Flow) {
  const { config, clock, log, meters, onStop, ahead } = ground;
  const door = new OutDoor({ hosts: new OutHosts(config.LIFELINE_OUT_HOSTS) });
  // Receivers hold a signature against the world's time, which is the machine's and not ours.
  const wall = () => clock.now() + clock.apart();
  const open = channelsThrough(door, { wall, clock, nonce: randomUUID });
  const { LIFELINE_PUBLIC_URL: at, LIFELINE_NOTICE_LINKS: mode } = config;
  const links = at === undefined ? undefined : new NoticeLinks({ mode, tokens: systemTokens, at });
  const office = openOffice({
    core,
    turn,
    journal,
    clock,
    open,
    linkMode: mode,
    tokens: systemTokens,
    approval: config.LIFELINE_RULE_APPROVAL === 'two' ? 'two' : 'one',
  });
  const outbox = new Outbox({ core, turn, journal, clock, log, meters, open, ...(links && { links }) });
  ahead.owed = () => outbox.kick();
  onStop('stop sending notices', seconds(1), async () => outbox.stop());
  return { office, outbox };
}
