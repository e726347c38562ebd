import type { Millis } from '../../../domain/time.ts';
import type { Dissected, DissectedItem } from '../../mapping/frames.ts';
import { type Gb26875Frame, gbTime } from './framer.ts';

/** Lengths of an object of each type of data, without the time that follows it. */
const SYSTEM_STATE = { type: 1, size: 4 } as const;
const PART_STATE = { type: 2, size: 40 } as const;
const PART_ANALOGUE = { type: 3, size: 10 } as const;
const DEVICE_STATE = { type: 21, size: 1 } as const;
const WITH_VALUES = [SYSTEM_STATE, PART_STATE, PART_ANALOGUE, DEVICE_STATE];

/** What one step of an analogue is, by its type: m, ℃, MPa, kPa, %LEL, s, V, A, L/s. 128–255 are the maker's: raw. */
const STEP: Readonly<Record<number, number>> = {
  2: 0.01,
  3: 0.1,
  4: 0.1,
  5: 0.1,
  6: 0.1,
  7: 1,
  8: 0.1,
  9: 0.1,
  10: 0.1,
};

/** Bit 0 of a state is "running": without it somebody tests the unit, and nothing that it says is meant. */
const RUNNING = 1;

/**
 * What the objects of a send frame say. Codes: `1/{system}`, `2/{part type}`, `3/{analogue type}`, `21`; of states
 * `raw` is the word of bits. Flag `T`: under test. A part is a station of its own, `{unit}-{system}-{its address}-{two
 * numbers of the part}`: as one device the silence of one detector would end the fire of another.
 *
 * @returns `null`: the data do not fill their own count
 */
export function dissectGb26875(frame: Gb26875Frame): Dissected[] | null {
  const { data } = frame;
  const [type, count] = [data[0] ?? 0, data[1] ?? 0];
  const known = WITH_VALUES.find((t) => t.type === type);
  if (known === undefined) return [];
  const size = sizeOf(data.length - 2, count, known.size);
  if (size === null) return null;
  const items = new Map<string, DissectedItem[]>();
  for (let n = 0; n < count; n++) {
    const object = data.subarray(2 + n * size.step, 2 + (n + 1) * size.step);
    // Some send several objects with one time behind the last.
    const time = size.step > known.size ? object.subarray(known.size) : data.subarray(data.length - 6);
    const at: Millis | null = size.hasTime ? (gbTime(time) ?? frame.at) : frame.at;
    const isPart = type === PART_STATE.type || type === PART_ANALOGUE.type;
    const station = isPart ? `${frame.source}-${partOf(object)}` : frame.source;
    items.set(station, [...(items.get(station) ?? []), { ...itemOf(type, object), at }]);
  }
  return [...items].map(([station, of]) => ({ station, command: String(type), at: frame.at, items: of }));
}

function sizeOf(bytes: number, count: number, object: number): { step: number; hasTime: boolean } | null {
  if (count === 0) return null;
  if (bytes === count * (object + 6)) return { step: object + 6, hasTime: true };
  if (bytes === count * object) return { step: object, hasTime: false };
  if (bytes === count * object + 6) return { step: object, hasTime: true };
  return null;
}

function itemOf(type: number, o: Uint8Array): DissectedItem {
  const b = (i: number) => o[i] as number;
  const word = (i: number) => b(i) | (b(i + 1) << 8);
  const state = (raw: number) => ({ raw, valid: true, flag: (raw & RUNNING) === 0 ? 'T' : null });
  switch (type) {
    case SYSTEM_STATE.type:
      return { code: `1/${b(0)}`, channel: `${b(0)}-${b(1)}`, ...state(word(2)) };
    case PART_STATE.type:
      return { code: `2/${b(2)}`, ...state(word(7)) };
    case PART_ANALOGUE.type: {
      const [kind, n] = [b(7), word(8)];
      const raw = Number(((n > 0x7fff ? n - 0x1_0000 : n) * (STEP[kind] ?? 1)).toFixed(2));
      return { code: `3/${kind}`, raw, valid: true, flag: null };
    }
    default:
      return { code: String(type), ...state(b(0)) };
  }
}

/** System, its address, and the part's own: two numbers of two bytes. */
const partOf = (o: Uint8Array): string => {
  const word = (i: number) => (o[i] as number) | ((o[i + 1] as number) << 8);
  return `${o[0]}-${o[1]}-${word(3)}-${word(5)}`;
};

/** The words that a panel gives a part, 31 bytes of GB 18030 with what fills them up taken off. */
export const partName = (object: Uint8Array): string =>
  new TextDecoder('gb18030').decode(object.subarray(9, 40)).replace(/[\0\s]+$/, '');
