import type { Millis } from '../../domain/time.ts';
import { quoted } from '../mqtt/telemetry-flaw.ts';
import { Gathering } from './gather.ts';
import { type DeviceDirectory, type Mapped, NO_MAPPED } from './mapped.ts';
import type { FrameMapping } from './schema.ts';
import { TimeReader } from './times.ts';

/** One value of a frame, in the standard's own words. */
export type DissectedItem = {
  readonly code: string;
  /** Which of several figures of one code: Rtd, Avg. */
  readonly field?: string;
  readonly channel?: string | number;
  /** `null`: the frame says that there is none. */
  readonly raw: number | boolean | string | null;
  /** False: the frame itself says that it is no value (all F, M). */
  readonly valid: boolean;
  /** The standard's flag letter; left out: it has none. */
  readonly flag?: string | null;
  /** Its own time, as `Dissected.at`. */
  readonly at?: Millis | null;
};

/** What a dissector makes of one frame for one station: codes of the standard, no metric of ours. */
export type Dissected = {
  readonly station: string;
  /** Function code, command number. */
  readonly command?: string;
  /** What the station's clock on the wall says, as if it were UTC: the mapping's zone makes the instant. `null`: none. */
  readonly at: Millis | null;
  readonly items: readonly DissectedItem[];
};

/** A dissected frame → telemetry of ours. */
export function mapFrame(mapping: FrameMapping, frame: Dissected, directory: DeviceDirectory): Mapped {
  const { station, command } = frame;
  if (command !== undefined && mapping.commands[command] === 'drop') return { ...NO_MAPPED, leftOut: true };
  const zone = new TimeReader('auto', mapping.zone);
  const gathering = new Gathering(mapping, directory);
  gathering.heard(station);
  for (const item of frame.items) {
    const takes = mapping.take.filter((t) => isOf(t, item));
    if (takes.length === 0) {
      const name = [item.code, item.field, item.channel].filter((x) => x !== undefined).join(' ');
      gathering.flaws.add('unknown-code', `${quoted(name)} is not in the mapping ${mapping.name}.`);
    }
    const local = item.at ?? frame.at;
    for (const take of takes) {
      if (take.metric === null) continue;
      gathering.add({
        station,
        at: local === null ? null : zone.instantOf(local),
        code: item.code,
        raw: item.valid ? item.raw : null,
        take: { ...take, metric: take.metric },
        said: qualityOf(mapping, item),
      });
    }
  }
  for (const { code, bit, is, metrics, as } of mapping.marks)
    for (const item of frame.items)
      if (item.code === code && holds(item.raw, bit, is)) gathering.mark(station, metrics, as);
  return gathering.done();
}

type FrameTake = FrameMapping['take'][number];

function isOf(take: FrameTake, { code, field, channel }: DissectedItem): boolean {
  return (
    take.code === code &&
    (take.field === undefined || take.field === field) &&
    (take.channel === undefined || take.channel === channel)
  );
}

/** A flag that the mapping does not know is no good word for the value. */
function qualityOf(mapping: FrameMapping, { flag, valid }: DissectedItem): string | null {
  if (!valid) return 'bad:sentinel';
  if (flag == null) return null;
  return Object.hasOwn(mapping.flags, flag) ? (mapping.flags[flag] ?? null) : 'doubtful:flag';
}

type Scalar = string | number | boolean | null;

/** Whether a value, or a bit of it, is what a condition asks for. */
export function holds(raw: unknown, bit: number | undefined, is: Scalar | readonly Scalar[]): boolean {
  const value =
    bit === undefined
      ? raw
      : typeof raw === 'number' && Number.isSafeInteger(raw) && raw >= 0
        ? Math.floor(raw / 2 ** bit) % 2
        : undefined;
  return Array.isArray(is) ? is.includes(value as Scalar) : value === is;
}
