import type { Bilingual } from '../text.ts';

/** What a command is told beside its name. */
export type CommandParam = {
  readonly key: string;
  readonly name: Bilingual;
  readonly type: 'number' | 'text' | 'flag';
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  /** May be left out. */
  readonly optional?: true;
};

/** A command that devices of a lifeline are known to take. */
export type KnownCommand = {
  readonly name: string;
  readonly does: Bilingual;
  readonly kind: 'command' | 'config';
  readonly params: readonly CommandParam[];
  /** It moves something in the city: a second person who may do so must agree. */
  readonly byTwo: boolean;
};

/** Longest name, and bytes of what a command is told. */
export const COMMAND_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
export const PARAMS_BYTES = 4_096;

/** What is wrong with what a known command is told; `null`: nothing. Of one that no pack knows nothing is said. */
export function paramsFlaw(
  known: KnownCommand | undefined,
  params: Readonly<Record<string, unknown>>,
): Bilingual | null {
  if (known === undefined) return null;
  for (const key of Object.keys(params))
    if (!known.params.some((p) => p.key === key))
      return {
        zh: `${known.does.zh}没有参数“${key}”：${listed(known)}`,
        en: `${known.name} takes no "${key}": ${listed(known)}.`,
      };
  for (const p of known.params) {
    const value = params[p.key];
    if (value === undefined) {
      if (p.optional === true) continue;
      return { zh: `请填写${p.name.zh}（${p.key}）`, en: `"${p.key}" (${p.name.en}) is missing.` };
    }
    const type = p.type === 'flag' ? 'boolean' : p.type === 'text' ? 'string' : 'number';
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = p;
    const isRight =
      typeof value === type &&
      (typeof value !== 'number' || (Number.isFinite(value) && value >= min && value <= max)) &&
      (typeof value !== 'string' || value.length <= 256);
    if (isRight) continue;
    const range =
      p.type === 'number' ? ` ${p.min ?? ''}–${p.max ?? ''} ${p.unit ?? ''}`.trimEnd() : ` (${type})`;
    return {
      zh: `${p.name.zh}（${p.key}）应为${range}`,
      en: `"${p.key}" (${p.name.en}) must be${range}.`,
    };
  }
  return null;
}

const listed = (known: KnownCommand): string => known.params.map((p) => p.key).join(', ') || '–';

/** What no pack knows may move anything: two persons agree to it. */
export const needsSecond = (known: KnownCommand | undefined): boolean => known?.byTwo ?? true;

/** What the mapping of a device's line may write. */
export type MappedWrite = {
  readonly name: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
};

/**
 * A command by the name that a mapping gives it, within the mapping's bounds. Where a pack knows it with one number, its words
 * and its number's name hold; of another nobody knows what it moves.
 */
export function mappedCommand(
  { name, unit, min, max }: MappedWrite,
  ofPack: readonly KnownCommand[],
): KnownCommand {
  const known = ofPack.find((c) => c.name === name);
  const [param, ...more] = known?.params ?? [];
  const bounds = { type: 'number', min, max, ...(unit === '' ? {} : { unit }) } as const;
  if (known !== undefined && param?.type === 'number' && more.length === 0)
    return { ...known, params: [{ ...param, ...bounds }] };
  const value = { key: 'value', name: { zh: '数值', en: 'value' }, ...bounds };
  const does = known?.does ?? { zh: name, en: name };
  return { name, does, kind: known?.kind ?? 'command', params: [value], byTwo: known?.byTwo ?? true };
}
