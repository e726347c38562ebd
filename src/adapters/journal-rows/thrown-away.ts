import { minutes } from '../../domain/time.ts';
import type { LossRow } from './protocol.ts';

/** Entries of the loss ledger that are kept; with texts of 8 KB each some 160 MB at the very most. */
export const LOSSES_KEPT = 20_000;

export type ThrownAway = 'quarantine-full' | 'device-events-full';

/** What the bounds of what is set aside threw away: a minute of it is one entry, whose `until` and `n` grow. */
export const thrownAway = (cause: ThrownAway, n: number, at: number): LossRow => ({
  key: `${cause}/${Math.floor(at / minutes(1))}`,
  at,
  until: at,
  n,
  text: JSON.stringify({ cause, ...OF[cause], ...NOBODYS }),
});

const OF = {
  'quarantine-full': { what: 'packets', why: 'the quarantine was full: its oldest packets went' },
  'device-events-full': {
    what: 'device-events',
    why: 'the list of what devices themselves alarmed on was full: the oldest went',
  },
} as const;

export const NOBODYS = { point: null, device: null, metric: null, observed: null, kept: null, file: null };
