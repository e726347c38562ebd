/** A stream of chance that anybody with the same seed and label can draw again. */
export type Chance = {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Whole number, low ≤ n ≤ high. */
  whole(low: number, high: number): number;
  /** Normal, mean 0, deviation 1, cut at ±4 so that a noisy instrument never makes an incident of itself. */
  normal(): number;
  pick<T>(of: readonly T[]): T;
};

/** FNV-1a: spreads a label over 32 bits. */
function hash(label: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < label.length; i++) {
    h ^= label.charCodeAt(i);
    h = Math.imul(h, 0x01000193);
  }
  return h >>> 0;
}

/**
 * Chance by seed and label (mulberry32). Every instrument draws from a stream of its own, so that adding
 * one to a city changes nothing in what the others send.
 */
export function chance(seed: number, label: string): Chance {
  let state = (hash(label) ^ Math.imul(seed >>> 0, 0x9e3779b1)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    whole: (low, high) => low + Math.floor((high - low + 1) * next()),
    normal: () => {
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      return Math.max(-4, Math.min(4, radius * Math.cos(2 * Math.PI * next())));
    },
    pick: (of) => {
      const chosen = of[Math.floor(of.length * next())];
      if (chosen === undefined) throw new Error('picked from an empty list');
      return chosen;
    },
  };
}
