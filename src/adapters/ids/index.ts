import { randomBytes } from 'node:crypto';
import { as } from '../../domain/ids.ts';
import type { CitizenIds, DeviceCommandIds, DrillIds, Ids, ResponseIds } from '../../flow/ports/ids.ts';

const fresh = (letter: string, now: number): string =>
  `${letter}${now.toString(36).padStart(9, '0')}${randomBytes(4).toString('hex')}`;

/** Ids that sort by time: a letter, 9 characters of milliseconds in base 36, then 8 of chance. */
export const systemIds: Ids & ResponseIds & DeviceCommandIds & DrillIds & CitizenIds = {
  alarm: (now) => as.alarm(fresh('A', now)),
  incident: (now) => as.incident(fresh('I', now)),
  warning: (now) => as.warning(fresh('W', now)),
  handover: (now) => as.handover(fresh('H', now)),
  report: (now) => as.report(fresh('R', now)),
  deviceCommand: (now) => as.deviceCommand(fresh('C', now)),
  finding: (now) => fresh('X', now),
  citizenReport: (now) => as.citizenReport(fresh('S', now)),
  drill: (now) => as.drill(fresh('D', now)),
  order: (now) => as.order(fresh('O', now)),
};
