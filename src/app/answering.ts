import { systemIds } from '../adapters/ids/index.ts';
import { HandoverOffice } from '../flow/answering/handover-office.ts';
import { ReportOffice } from '../flow/answering/report-office.ts';
import { PACKS } from '../packs/index.ts';
import type { Flow } from './flow.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

/** What a centre answers for: who hands over to whom, and reports. */
export function buildAnswering(ground: Ground, { journal }: Storage, { core, turn, breathe }: Flow) {
  const { options, clock, log } = ground;
  const handovers = new HandoverOffice({ core, turn, journal, ids: systemIds, log });
  const packs = options.packs ?? PACKS;
  const reports = new ReportOffice({ core, turn, journal, ids: systemIds, clock, packs, breathe, log });
  return { handovers, reports };
}
