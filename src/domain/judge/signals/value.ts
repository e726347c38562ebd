import type { SignalOf } from '../../rule.ts';
import type { SignalKind } from './kind.ts';

export function valueJudged(signal: SignalOf<'value'>, value: number): number {
  return signal.magnitude === true ? Math.abs(value) : value;
}

export const VALUE: SignalKind<SignalOf<'value'>> = {
  lookBack: () => 0,
  answersToNoise: ['deadband', 'onDelay'],
  unit: (_, metric) => metric,
  bounds: ({ magnitude }, { min, max }) =>
    magnitude === true ? { min: 0, max: Math.max(Math.abs(min), max) } : { min, max },
};
