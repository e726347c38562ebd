import { existsSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { bad, type Finding, ok, warn } from '../finding.ts';

/** This program was not written before. */
const NOT_BEFORE = Date.UTC(2025, 0, 1);
const NOT_AFTER = Date.UTC(2100, 0, 1);
const WATCHED_MS = 500;
const JUMP_MS = 20;
const MAY_LIE_BACK_MS = 60_000;

export type ClockGiven = {
  readonly wall: () => number;
  readonly monotonic: () => number;
  /** When the last turn of the journal was; `null`: there is none. */
  readonly lastTurnAt: number | null;
};

/** Whether the year makes sense, whether the clock goes evenly, and whether it was set back behind the journal. */
export async function checkClock({ wall, monotonic, lastTurnAt }: ClockGiven): Promise<readonly Finding[]> {
  const now = wall();
  const shown = new Date(now).toISOString();
  if (now < NOT_BEFORE || now > NOT_AFTER)
    return [bad('clock', `it says ${shown}: set it, and let NTP keep it`)];
  if (lastTurnAt !== null && now < lastTurnAt - MAY_LIE_BACK_MS)
    return [
      bad(
        'clock',
        `it says ${shown}, and the journal goes on to ${new Date(lastTurnAt).toISOString()}: it was set back; set it right before the service starts`,
      ),
    ];
  const [wallFrom, monotonicFrom] = [wall(), monotonic()];
  await after(WATCHED_MS);
  const jump = wall() - wallFrom - (monotonic() - monotonicFrom);
  if (Math.abs(jump) > JUMP_MS)
    return [
      warn(
        'clock',
        `it moved by ${jump.toFixed(0)} ms against the machine's own counter within half a second: somebody is setting it; let NTP do that slowly`,
      ),
    ];
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [ok('clock', `${shown}, even; zone ${zone}: everything is kept in UTC; ${synchronized()}`)];
}

const synchronized = (): string =>
  existsSync('/run/systemd/timesync/synchronized')
    ? 'NTP has set it'
    : 'whether NTP keeps it cannot be seen from here';
