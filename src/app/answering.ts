import { systemIds } from '../adapters/ids/index.ts';
import { HandoverOffice } from '../flow/answering/handover-office.ts';
import type { Flow } from './flow.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

/** What a centre answers for: who hands over to whom. */
export function buildAnswering(ground: Ground, { journal }: Storage, { core, turn }: Flow) {
  const handovers = new HandoverOffice({ core, turn, journal, ids: systemIds, log: ground.log });
  return { handovers };
}
