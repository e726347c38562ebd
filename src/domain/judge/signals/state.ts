import type { SignalOf } from '../../rule.ts';
import type { SignalKind } from './kind.ts';

export function stateOf(signal: SignalOf<'state'>, value: number): number {
  return signal.oneOf.includes(value) ? 1 : 0;
}

export const STATE: SignalKind<SignalOf<'state'>> = {
  lookBack: () => 0,
  answersToNoise: ['onDelay'],
  unit: () => undefined,
  bounds: () => ({ min: 0, max: 1 }),
};
