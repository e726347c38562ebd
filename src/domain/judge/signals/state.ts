import type { SignalOf } from '../../rule.ts';

export function stateOf(signal: SignalOf<'state'>, value: number): number {
  return signal.oneOf.includes(value) ? 1 : 0;
}
