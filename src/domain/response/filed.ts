import type { KeptView, SeriesNote } from '../desk/kept.ts';
import type { DrillScript } from '../drill/script.ts';
import type { ClockPolicy } from '../order/clock-policy.ts';
import { unreachable } from '../result.ts';
import type { Diagnosis } from '../risk/diagnosis.ts';
import type { RiskInputs } from '../risk/risk.ts';
import type { EmergencyPlan, Resource } from './resource.ts';

/** What is kept beside orders, warnings and incidents: each the whole of its thing, in place of what was kept of it before. */
export type Filed =
  | { readonly is: 'clock-policy'; readonly policy: ClockPolicy }
  | { readonly is: 'plan'; readonly plan: EmergencyPlan }
  | { readonly is: 'resource'; readonly resource: Resource }
  | { readonly is: 'view'; readonly view: KeptView }
  | { readonly is: 'series-note'; readonly note: SeriesNote }
  | { readonly is: 'risk-inputs'; readonly inputs: RiskInputs }
  | { readonly is: 'diagnosis'; readonly diagnosis: Diagnosis }
  | { readonly is: 'drill-script'; readonly script: DrillScript };

/** What an entry is kept by. */
export function filedKey(f: Filed): string {
  switch (f.is) {
    case 'clock-policy':
      return `clock-policy/${f.policy.id}/${String(f.policy.version).padStart(6, '0')}`;
    case 'plan':
      return `plan/${f.plan.code}`;
    case 'resource':
      return `resource/${f.resource.code}`;
    case 'view':
      return `view/${f.view.id}`;
    case 'series-note':
      return `series-note/${f.note.id}`;
    case 'risk-inputs':
      return `risk-inputs/${f.inputs.asset}`;
    case 'diagnosis':
      return `diagnosis/${f.diagnosis.id}`;
    case 'drill-script':
      return `drill-script/${f.script.drill}`;
    default:
      return unreachable(f);
  }
}
