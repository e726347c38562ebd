import { hours } from '../../../src/domain/time.ts';
import type { WarningCommand } from '../../../src/domain/warning/commands.ts';
import { decideWarning } from '../../../src/domain/warning/decide.ts';
import { evolveWarning } from '../../../src/domain/warning/evolve.ts';
import { WARNING_STATES, type Warning } from '../../../src/domain/warning/warning.ts';
import { T0 } from '../order/build.ts';
import {
  adjust,
  cancel,
  confirm,
  discard,
  edit,
  IN_STATE,
  issue,
  lift,
  returns,
  story,
  submit,
} from './build.ts';

const VERBS: Readonly<Record<string, WarningCommand>> = {
  edit,
  submit,
  issue,
  return: returns,
  confirm,
  adjust,
  lift,
  'its end comes': { do: 'tick' },
  cancel,
  discard,
};

function cell(warning: Warning, verb: string, command: WarningCommand): string {
  const now = T0 + hours(verb === 'its end comes' ? 7 : 1);
  const decided = decideWarning(warning, command, now);
  if (!decided.ok) return decided.error.code === 'warning-state' ? '–' : `\`${decided.error.code}\``;
  if (decided.value.length === 0) return '—';
  const after = decided.value.reduce(evolveWarning, warning as Warning);
  return after.state === warning.state
    ? decided.value.map((e) => `_${e.change.kind}_`).join(', ')
    : after.state;
}

/** The table of `docs/warnings.md`, printed from `decideWarning` itself. */
export function printed(): string {
  const names = Object.keys(VERBS);
  const rows = WARNING_STATES.map((state) => {
    const { is } = story(...IN_STATE[state]);
    if (is.state !== state) throw new Error(`the builder of ${state} builds ${is.state}`);
    return `| ${[state, ...names.map((n) => cell(is, n, VERBS[n] as WarningCommand))].join(' | ')} |`;
  });
  return [`| ${['state', ...names].join(' | ')} |`, `|${'---|'.repeat(names.length + 1)}`, ...rows].join(
    '\n',
  );
}
