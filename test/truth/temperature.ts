import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzip } from '../../simulators/replay/zip.ts';
import { evaluate, freshMemory } from '../../src/domain/judge/evaluate.ts';
import { ALONE } from '../../src/domain/judge/own-point.ts';
import type { Rule } from '../../src/domain/rule.ts';
import { BRIDGE } from '../../src/packs/bridge.ts';
import { channelOf } from './munich.ts';

const MINUTE = 60_000;
const DAY = 24 * 60;
/** Days of reference state before the support is lowered. */
const QUIET_DAYS = 18;
/** The thermal strain of steel that is held: 12 µε/℃. */
const PER_DEGREE = 12;

/** What one way of judging says of the reference state and of the lowered support. */
export type TemperatureRow = {
  readonly by: { readonly zh: string; readonly en: string };
  /** Times that it took hold in the quiet days. */
  readonly falseShifts: number;
  /** Minutes from the record's begin to the first that it was told in; `null`: never. */
  readonly foundAfterMin: number | null;
};

export type TemperatureAccount = {
  /** The air while the support was lowered, and while it was loaded, as recorded. */
  readonly recorded: readonly { readonly file: string; readonly low: number; readonly high: number }[];
  readonly rows: readonly TemperatureRow[];
  /** What the compensation had learnt when the support gave way, µε/℃. */
  readonly learnt: number;
  readonly days: number;
  readonly perDegree: number;
};

/**
 * The strain gauge of the test bridge, minute by minute: its ten recorded minutes of reference state again and again, then the
 * record of the lowered support. The strain is real; the temperature, and what it adds, are laid over it here, for none was
 * recorded with the reference state.
 */
export function temperatureAccount(dir: string): TemperatureAccount {
  const quiet = minutesOf(channelOf(dir, 'reference-strain-100Hz.csv.zip', 'DMS_CN').samples);
  const lowered = minutesOf(channelOf(dir, 'support-lowering-strain-100Hz.csv.zip', 'DMS_CN').samples);
  const begins = QUIET_DAYS * DAY + 12 * 60;
  const bare = Array.from({ length: begins }, (_, i) => quiet[i % quiet.length] as number).concat(lowered);
  const series = bare.map((x, i) => ({ strain: x + PER_DEGREE * airAt(i), air: airAt(i) }));

  const residual = ruleOf('bridge.strain.residual');
  const today = ruleOf('bridge.strainDyn.mean.1m.change');
  if (residual.signal.of !== 'deviation') throw new Error('a residual is a deviation');
  const { compensate: _, ...raw } = residual.signal;
  const compensated = over(residual, series);
  return {
    recorded: ['support_01_lowering_02', 'ref_load_01', 'support_load_01'].map((name) =>
      recordedAir(dir, `UniBw_2022-04-11_${name}.csv`),
    ),
    rows: [
      {
        by: { zh: '扣除温度（bridge.strain.residual）', en: 'temperature taken out' },
        ...told(compensated.on, begins),
      },
      {
        by: { zh: '同一规则，不扣除', en: 'the same rule without' },
        ...told(over({ ...residual, signal: raw }, series).on, begins),
      },
      {
        by: { zh: '现行半小时突变（strainDyn.mean.1m.change）', en: 'as until now, off the last half hour' },
        ...told(over(today, series).on, begins),
      },
    ],
    learnt: compensated.perUnit,
    days: QUIET_DAYS,
    perDegree: PER_DEGREE,
  };
}

/** A day of 8 ℃ either way, and warmer by 0.3 ℃ with each; ours, and not measured. */
const airAt = (minute: number): number =>
  3 + 8 * Math.sin((2 * Math.PI * minute) / DAY) + (0.3 * minute) / DAY;

function ruleOf(id: string): Rule {
  const found = BRIDGE.rules.find((r) => r.id === id);
  if (found === undefined) throw new Error(`no rule ${id}`);
  return found;
}

function minutesOf(samples: readonly { readonly atMs: number; readonly value: number }[]): number[] {
  const sums: { n: number; sum: number }[] = [];
  for (const s of samples) {
    const at = Math.floor(s.atMs / MINUTE);
    const { n, sum } = sums[at] ?? { n: 0, sum: 0 };
    sums[at] = { n: n + 1, sum: sum + s.value };
  }
  return sums.filter((m) => m !== undefined).map(({ n, sum }) => sum / n);
}

function over(rule: Rule, series: readonly { readonly strain: number; readonly air: number }[]) {
  let memory = freshMemory(rule);
  let perUnit = 0;
  const on = series.map(({ strain, air }, i) => {
    const said = evaluate(rule, memory, strain, i * MINUTE, { ...ALONE, latest: () => air });
    memory = said.memory;
    const signal = memory.signal;
    perUnit = (signal?.of === 'deviation' ? signal.around?.regression?.slope?.perUnit : 0) ?? 0;
    return said.level !== null;
  });
  return { on, perUnit };
}

function told(on: readonly boolean[], begins: number): Pick<TemperatureRow, 'falseShifts' | 'foundAfterMin'> {
  const starts = on.flatMap((is, i) => (is && on[i - 1] !== true ? [i] : []));
  const first = starts.find((i) => i >= begins);
  return {
    falseShifts: starts.filter((i) => i < begins).length,
    // A mean of a minute is known when that minute is over.
    foundAfterMin: first === undefined ? null : first - begins + 1,
  };
}

function recordedAir(dir: string, file: string): { file: string; low: number; high: number } {
  const found = unzip(readFileSync(join(dir, 'air-temperature-1Hz.zip'))).find((f) => f.name === file);
  if (found === undefined) throw new Error(`no ${file}`);
  const air = found.content
    .toString('latin1')
    .split(/\r?\n/)
    .slice(1)
    .map((l) => Number.parseFloat(l.split(',')[1] ?? ''))
    .filter((x) => Number.isFinite(x));
  return { file, low: Math.min(...air), high: Math.max(...air) };
}
