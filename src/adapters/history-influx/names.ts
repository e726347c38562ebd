import { as, type MetricKey } from '../../domain/ids.ts';

/**
 * How our codes become measurement, tag and field names, and back.
 *
 * Ordinary codes, Chinese ones included, stay as they are. What line protocol, InfluxQL or one of the versions would
 * stumble over (line breaks, NUL, quotes, a backslash before a comma or at the end, an empty tag, the reserved words
 * and the leading underscore of 2.x and 3) is written as `%xx`; so no name ever needs quoting of its own in InfluxQL,
 * and only comma, space and equals sign need it in line protocol.
 */
const AWKWARD = /[\p{Cc}"'\\%\u2028\u2029]|\p{Cs}/gu;
/** A lone `%`: no other text is written so. */
const EMPTY = '%';

export function nameOf(code: string): string {
  return code === '' ? EMPTY : code.replace(AWKWARD, coded);
}

export function codeOf(name: string): string {
  if (name === EMPTY) return '';
  return name.replace(/%u([0-9a-f]{4})|%([0-9a-f]{2})/g, (_, long, short) =>
    String.fromCharCode(Number.parseInt(long ?? short, 16)),
  );
}

function coded(char: string): string {
  const unit = char.charCodeAt(0);
  return unit < 256 ? `%${unit.toString(16).padStart(2, '0')}` : `%u${unit.toString(16).padStart(4, '0')}`;
}

/** Columns of ours that are no metric. `lag` = received less observed, in ms, of what was written last at that instant. */
const RESERVED = ['time', 'point', 'lag'];

/** The field of a metric's value. It never contains `__`, which parts it from its suffix. */
export function fieldOf(metric: MetricKey): string {
  const name = nameOf(metric).replace(/_(?=_)|^_/g, '%5f');
  return RESERVED.includes(name) ? coded(name.charAt(0)) + name.slice(1) : name;
}

/** Quality, backfill: an integer, read by `quality-code.ts`. Absent: plainly good and live. */
export const qualityField = (metric: MetricKey): string => `${fieldOf(metric)}__q`;

/** The number of a bad reading: kept, and never averaged with the others. */
export const badField = (metric: MetricKey): string => `${fieldOf(metric)}__bad`;

/** @returns null for a field that belongs to no metric */
export function metricOfField(field: string): MetricKey | null {
  return RESERVED.includes(field) ? null : as.metric(codeOf(field.replace(/__(q|bad)$/, '')));
}

/** One measurement per lifeline; a kind of its own for what is not a reading. */
export function measurementOf(lifeline: string, kind: 'readings' | 'frames' | '1h' = 'readings'): string {
  const name = nameOf(lifeline)
    .replace(/_(?=_)|^_/g, '%5f')
    .replace(/[ ,=#]/g, coded);
  return kind === 'readings' ? name : `${name}__${kind}`;
}

/** Where the readings of a point go that the register does not know. */
export const UNPLACED = 'unplaced';

/** For line protocol: a tag's value, or a field's key. Both have no backslash left. */
export const escaped = (name: string): string => name.replace(/[ ,=]/g, '\\$&');
