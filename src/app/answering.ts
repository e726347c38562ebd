import { join } from 'node:path';
import { SimulatedDrills } from '../adapters/drill-scenarios/index.ts';
import { ExportProfilesDir } from '../adapters/export-profiles/index.ts';
import { systemIds } from '../adapters/ids/index.ts';
import { as } from '../domain/ids.ts';
import { days, minutes } from '../domain/time.ts';
import { CitizenOffice } from '../flow/answering/citizen-office.ts';
import { HandoverOffice } from '../flow/answering/handover-office.ts';
import { ReportClock } from '../flow/answering/report-clock.ts';
import { ReportOffice } from '../flow/answering/report-office.ts';
import { tellReport } from '../flow/answering/tell-report.ts';
import { DrillOffice } from '../flow/outbox/drill-office.ts';
import { RiskOffice } from '../flow/outbox/risk-office.ts';
import type { Forecasts } from '../flow/ports/ahead/forecasts.ts';
import { PACKS } from '../packs/index.ts';
import type { Flow } from './flow.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

/** Those that come with the release; the installation's own lie in `exports` of its data directory. */
const SHIPPED_EXPORTS = join(import.meta.dirname, '../../mappings/exports');

/** What a centre answers for: who hands over to whom, and reports, also those that the clock makes. */
export function buildAnswering(
  ground: Ground,
  { journal }: Storage,
  { core, turn, breathe }: Flow,
  skill: Forecasts['skill'],
) {
  const { options, config, clock, log } = ground;
  const handovers = new HandoverOffice({ core, turn, journal, ids: systemIds, log });
  const packs = options.packs ?? PACKS;
  const channels = config.LIFELINE_REPORT_CHANNELS.map(as.channel);
  const reports = new ReportOffice({
    ...{ core, turn, journal, ids: systemIds, clock, packs, breathe, log, skill },
    tell: (report, draft) => tellReport(core, channels, { report, draft }),
  });
  const made = new ReportClock({ reports, journal, clock, kinds: config.LIFELINE_REPORTS, log });
  const risks = new RiskOffice({
    core,
    turn,
    journal,
    clock,
    newId: systemIds.finding,
  });
  const drills = new DrillOffice({
    core,
    turn,
    journal,
    clock,
    scenarios: new SimulatedDrills(),
    newId: systemIds.drill,
    endsOnRed: ground.config.LIFELINE_DRILL_ENDS_ON_RED === 'yes',
  });
  const citizens = new CitizenOffice({
    ...{ core, turn, journal, clock, ids: systemIds, breathe, log },
    keepFor: days(config.LIFELINE_CITIZEN_KEEP_DAYS),
  });
  const erase = (): void =>
    void citizens
      .erase()
      .catch((cause: unknown) => log.warn('words of citizens could not be erased', { cause: String(cause) }));
  const start = (): (() => void)[] => [
    ...(config.LIFELINE_REPORTS.length === 0 ? [] : [clock.every(minutes(1), () => void made.look())]),
    clock.every(minutes(10), erase),
  ];
  const exportProfiles = new ExportProfilesDir({
    shipped: SHIPPED_EXPORTS,
    own: join(config.LIFELINE_DATA_DIR, 'exports'),
  });
  return { handovers, reports, drills, risks, citizens, exportProfiles, start };
}
