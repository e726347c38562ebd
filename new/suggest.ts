import { isObject } from '../mqtt/telemetry-json.ts';
import { TimeReader } from './times.ts';

/** A place in an unknown document, as a mapping points to it, and what stands there. */
export type FoundPlace = { readonly at: string; readonly sample: string };

/** What an unknown document may be made of: for a person to choose from. */
export type Suggested = {
  /** The list that holds one item a device; `null`: the document is of one. */
  readonly each: string | null;
  /** Where a station may stand, the likeliest first. */
  readonly stations: readonly FoundPlace[];
  /** Where a time may stand. */
  readonly times: readonly FoundPlace[];
  /** Numbers, yes and no: what may be a quantity. */
  readonly values: readonly FoundPlace[];
};

const LEVELS = 5;
const LEAVES_AT_MOST = 200;
const ID = /^(imei|dev_?eui|sn|station|device_?(id|code|name)?|dev_?(id|name|code)|node_?id|id|code|mac|addr(ess)?|name|no)$/i;
const TIME = /time|^ts$|stamp|date|^at$/i;

/** Looks through a document that nobody has a mapping for. */
export function suggest(json: unknown): Suggested {
  const list = listIn(json);
  const item = list === null ? json : list.first;
  const inItem = leavesOf(item, '', 0);
  const above = list === null ? [] : leavesOf(json, '/', 0).filter((l) => !l.at.startsWith(list.at));
  const all = [...inItem, ...above];
  const reader = new TimeReader('auto', '+08:00');
  const isTime = ({ at, raw }: Leaf): boolean => {
    const read = TIME.test(lastOf(at)) ? reader.read(String(raw)) : null;
    return read !== null && read > YEAR_2000 && read < YEAR_2100;
  };
  const times = all.filter(isTime);
  const stations = all
    .filter((l) => !times.includes(l) && (typeof l.raw === 'string' || Number.isInteger(l.raw)) && ID.test(lastOf(l.at)))
    .sort((a, b) => rank(a.at) - rank(b.at));
  const values = inItem.filter(
    (l) => typeof l.raw !== 'string' && !times.includes(l) && !stations.includes(l),
  );
  return { each: list?.at ?? null, stations: stations.map(told), times: times.map(told), values: values.map(told) };
}

const YEAR_2000 = 946_684_800_000;
const YEAR_2100 = 4_102_444_800_000;

type Leaf = { readonly at: string; readonly raw: string | number | boolean };

const told = ({ at, raw }: Leaf): FoundPlace => ({ at, sample: String(raw).slice(0, 60) });
const lastOf = (at: string): string => at.slice(at.lastIndexOf('/') + 1);

/** In the order in which names say that something is a device's own. */
const rank = (at: string): number => {
  const name = lastOf(at).toLowerCase().replaceAll('_', '');
  const order = ['imei', 'deveui', 'sn', 'deviceid', 'devid', 'devicecode', 'station', 'nodeid', 'id', 'code', 'device'];
  const place = order.indexOf(name);
  return place < 0 ? order.length : place;
};

/** The first list of objects, nearest to the top. */
function listIn(json: unknown): { readonly at: string; readonly first: unknown } | null {
  let level: { readonly at: string; readonly held: unknown }[] = [{ at: '', held: json }];
  for (let depth = 0; depth < LEVELS && level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { at, held } of level) {
      if (Array.isArray(held)) {
        if (isObject(held[0])) return { at: at === '' ? '/' : at, first: held[0] };
      } else if (isObject(held)) {
        for (const [key, inside] of Object.entries(held)) next.push({ at: `${at}/${escaped(key)}`, held: inside });
      }
    }
    level = next.slice(0, LEAVES_AT_MOST);
  }
  return null;
}

function leavesOf(held: unknown, before: string, depth: number): readonly Leaf[] {
  if (!isObject(held) || depth >= LEVELS) return [];
  const leaves: Leaf[] = [];
  for (const [key, raw] of Object.entries(held)) {
    const at = `${before}${escaped(key)}`;
    if (typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean') leaves.push({ at, raw });
    else leaves.push(...leavesOf(raw, `${at}/`, depth + 1));
    if (leaves.length >= LEAVES_AT_MOST) break;
  }
  return leaves.slice(0, LEAVES_AT_MOST);
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** What a person has chosen of it. */
export type Chosen = {
  readonly name: string;
  readonly lifeline: string;
  readonly each: string | null;
  readonly station: string;
  /** `null`: the time of receipt. */
  readonly time: string | null;
  readonly take: readonly { readonly at: string; readonly metric: string; readonly unit: string; readonly times: number }[];
};

/** The mapping of what a person has chosen, as its file has it. */
export function mappingText({ name, lifeline, each, station, time, take }: Chosen): string {
  const mapping = {
    name,
    protocol: 'json',
    lifeline,
    ...(each === null ? {} : { each }),
    station: { at: station },
    ...(time === null ? {} : { time: { at: time } }),
    values: {
      take: Object.fromEntries(
        take.map(({ at, metric, unit, times }) => [
          at,
          {
            metric,
            ...(unit === '' ? {} : { unit }),
            ...(times === 1 ? {} : { times }),
          },
        ]),
      ),
      // What stands beside them is the platform's own.
      rest: 'drop',
    },
  };
  return `${JSON.stringify(mapping, null, 2)}\n`;
}
