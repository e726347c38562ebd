import type { MetricKey, PointCode } from '../../domain/ids.ts';
import type { Frame, Reading } from '../../domain/reading.ts';
import { badField, escaped, fieldOf, measurementOf, nameOf, qualityField, UNPLACED } from './names.ts';
import { encodeQuality } from './quality-code.ts';

/** One line of line protocol, and what it says: so that a line that is refused can be told of. */
export type Item = {
  readonly line: string;
  readonly readings: readonly Reading[];
  readonly frame: Frame | null;
  /** Nothing else can lie at this point and instant: what is not said need not be taken back. */
  readonly fresh: boolean;
};

/** JSON of a frame's samples is cut into fields of this many characters: 1.x promises 64 KB a string. */
const PART = 60_000;

/** Makes lines, and remembers the parts of them that come again with every reading. */
export class Lines {
  readonly #lifelineOf: (point: PointCode) => string | null;
  readonly #heads = new Map<PointCode, { readonly lifeline: string; readonly head: string }>();
  readonly #fields = new Map<
    MetricKey,
    { readonly value: string; readonly q: string; readonly bad: string }
  >();

  constructor(lifelineOf: (point: PointCode) => string | null) {
    this.#lifelineOf = lifelineOf;
  }

  /** @param readings of one point and instant, one per metric, at least one */
  ofReadings(readings: readonly Reading[], fresh: boolean): Item {
    const [first] = readings as readonly [Reading, ...Reading[]];
    const fields: string[] = [];
    for (const r of readings) this.#addFields(fields, r, fresh);
    const newest = readings.at(-1) ?? first;
    const lag = Math.trunc(newest.receivedAt) - Math.trunc(newest.observedAt);
    if (lag !== 0 || !fresh) fields.push(`lag=${lag}i`);
    const line = `${this.#headOf(first.point)} ${fields.join(',')} ${Math.trunc(first.observedAt)}`;
    return { line, readings, frame: null, fresh };
  }

  ofFrame(frame: Frame): Item {
    const samples = JSON.stringify(frame.samples);
    const fields = [`dt=${frame.dt}`, `n=${frame.samples.length}i`];
    const parts = Math.ceil(samples.length / PART);
    for (let i = 0; i < parts; i++)
      fields.push(`${partField(i)}="${samples.slice(i * PART, (i + 1) * PART)}"`);
    fields.push(`parts=${parts}i`);
    const measurement = measurementOf(this.#lifelineOf(frame.point) ?? UNPLACED, 'frames');
    const tags = `metric=${escaped(nameOf(frame.metric))},point=${escaped(nameOf(frame.point))}`;
    const line = `${measurement},${tags} ${fields.join(',')} ${Math.trunc(frame.observedAt)}`;
    return { line, readings: [], frame, fresh: false };
  }

  #addFields(fields: string[], r: Reading, fresh: boolean): void {
    const name = this.#fieldsOf(r.metric);
    const withoutNumber = r.value === null || !Number.isFinite(r.value);
    const counts = !withoutNumber && r.quality.grade !== 'bad';
    if (counts) fields.push(`${name.value}=${written(r.value)}`);
    else if (!withoutNumber) fields.push(`${name.bad}=${written(r.value)}`);
    const code = encodeQuality({
      quality: r.quality,
      backfill: r.backfill,
      withoutNumber,
      voids: !counts && !fresh,
    });
    if (code !== 0 || !fresh) fields.push(`${name.q}=${code}i`);
  }

  #headOf(point: PointCode): string {
    const lifeline = this.#lifelineOf(point) ?? UNPLACED;
    const known = this.#heads.get(point);
    if (known?.lifeline === lifeline) return known.head;
    const head = `${measurementOf(lifeline)},point=${escaped(nameOf(point))}`;
    this.#heads.set(point, { lifeline, head });
    return head;
  }

  #fieldsOf(metric: MetricKey) {
    const known = this.#fields.get(metric);
    if (known !== undefined) return known;
    const made = {
      value: escaped(fieldOf(metric)),
      q: escaped(qualityField(metric)),
      bad: escaped(badField(metric)),
    };
    this.#fields.set(metric, made);
    return made;
  }
}

/** The shortest text that reads back as the very same number; minus zero keeps its sign. */
export function written(value: number | null): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** `samples`, `samples_2`, `samples_3` … */
export function partField(i: number): string {
  return i === 0 ? 'samples' : `samples_${i + 1}`;
}
