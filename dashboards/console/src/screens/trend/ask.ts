/** What the address of the trend screen asks for: `?points=a:ch4,b:level&range=24h`, or `&from=…&to=…`. */
export type CurveAsked = { readonly code: string; readonly metric: string | null };
export type Range = '1h' | '6h' | '24h' | '7d' | '30d';
export type WindowAsked = Range | { readonly from: number; readonly to: number };
export type Asked = {
  readonly curves: readonly CurveAsked[];
  readonly window: WindowAsked;
  /** The same curve so many days ago, behind it. */
  readonly ghosts: readonly number[];
};
export type Stretch = { readonly from: number; readonly to: number };

const HOUR = 3_600_000;
/** In the order of the keys `1`–`5`. */
export const RANGES = ['1h', '6h', '24h', '7d', '30d'] as const satisfies readonly Range[];
const LENGTH: Readonly<Record<Range, number>> = {
  '1h': HOUR,
  '6h': 6 * HOUR,
  '24h': 24 * HOUR,
  '7d': 7 * 24 * HOUR,
  '30d': 30 * 24 * HOUR,
};
const USUAL: Range = '24h';
/** More than six curves are a tangle. */
export const CURVES_AT_MOST = 6;
/** Yesterday, the day before, the same day of last week, and of four weeks ago. */
export const GHOST_DAYS = [1, 2, 7, 28] as const;
/** Drawing less than this says nothing: most sensors speak every few seconds at best. */
const SHORTEST = 10_000;

type Query = Readonly<Record<string, unknown>>;
const one = (v: unknown): string => (Array.isArray(v) ? String(v[0] ?? '') : typeof v === 'string' ? v : '');

/** Whatever was typed: what cannot be understood is left out, never an empty page because of it. */
export function askedOf(query: Query): Asked {
  const common = one(query.metric) || null;
  const curves: CurveAsked[] = [];
  for (const part of one(query.points).split(',')) {
    const [code = '', metric = ''] = part.trim().split(':');
    if (code === '') continue;
    const curve = { code, metric: metric || common };
    if (curves.length < CURVES_AT_MOST && !curves.some((c) => keyOfCurve(c) === keyOfCurve(curve)))
      curves.push(curve);
  }
  const days = one(query.ghost).split(',').map(Number);
  const ghosts = GHOST_DAYS.filter((d) => days.includes(d));
  const from = instantOf(one(query.from));
  const to = instantOf(one(query.to));
  if (from !== null && to !== null && to - from >= SHORTEST) return { curves, ghosts, window: { from, to } };
  const range = RANGES.find((r) => r === one(query.range)) ?? USUAL;
  return { curves, ghosts, window: range };
}

export function queryOf(asked: Asked): Record<string, string> {
  const points = asked.curves.map((c) => (c.metric === null ? c.code : `${c.code}:${c.metric}`)).join(',');
  return {
    ...(points === '' ? {} : { points }),
    ...(asked.ghosts.length === 0 ? {} : { ghost: asked.ghosts.join(',') }),
    ...(typeof asked.window === 'string'
      ? asked.window === USUAL
        ? {}
        : { range: asked.window }
      : { from: new Date(asked.window.from).toISOString(), to: new Date(asked.window.to).toISOString() }),
  };
}

export const keyOfCurve = (c: CurveAsked): string => `${c.code}:${c.metric ?? ''}`;

/** ISO 8601, or epoch milliseconds as people paste them from a log. */
function instantOf(text: string): number | null {
  if (text === '') return null;
  const t = /^\d{10,14}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(t) ? t : null;
}

export function stretchOf(window: WindowAsked, now: number): Stretch {
  if (typeof window !== 'string') return window;
  const to = Math.ceil(now / 1_000) * 1_000;
  return { from: to - LENGTH[window], to };
}

/**
 * Half a window back or on, so that what was at the edge is then in the middle; the future is not shown. On to nearly now is
 * on to now: whoever goes back, looks for a minute and comes on again wants to be where they were.
 */
export function stepped(window: WindowAsked, by: -1 | 1, now: number): WindowAsked {
  const { from, to } = stretchOf(window, now);
  const length = to - from;
  const next = to + (by * length) / 2;
  if (by === -1 || next < now - length / 20) return { from: Math.round(next - length), to: Math.round(next) };
  const range = RANGES.find((r) => Math.abs(LENGTH[r] - length) < 1_000);
  return range ?? { from: now - length, to: now };
}

/** What a drag over the drawing chose; too little is a slip of the hand. */
export function zoomed(from: number, to: number): WindowAsked | null {
  const width = to - from;
  return width >= SHORTEST ? { from: Math.round(from), to: Math.round(to) } : null;
}

export type TrendKey = 'earlier' | 'later' | 'zoomOut' | Range;
/** By the place on the keyboard: with a Chinese input method `[` is 【. */
export function trendKeyOf(e: {
  readonly code: string;
  readonly modified: boolean;
  readonly typing: boolean;
  readonly dialog: boolean;
}): TrendKey | null {
  if (e.modified || e.typing || e.dialog) return null;
  if (e.code === 'BracketLeft') return 'earlier';
  if (e.code === 'BracketRight') return 'later';
  if (e.code === 'Backspace') return 'zoomOut';
  const digit = /^(?:Digit|Numpad)([1-5])$/.exec(e.code)?.[1];
  return digit === undefined ? null : (RANGES[Number(digit) - 1] ?? null);
}
