import { shallowReactive } from 'vue';
import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { Api } from '../api/http.ts';
import type { Catalog, RuleJson } from '../state/catalog.ts';

/** The limits in force at a point, which may be its own and not its pack's. */
export type PointRules = {
  want(pointCode: string): void;
  /** The very version that raised the alarm; `null` where it is not known any more. */
  of(a: AlarmJson): RuleJson | null;
};

const KEPT = 100;

export function createPointRules(api: Api, catalog: () => Catalog): PointRules {
  const known = shallowReactive(new Map<string, readonly RuleJson[]>());
  return {
    want(pointCode) {
      void api.all<RuleJson>(`/rules?point=${encodeURIComponent(pointCode)}`, 500).then((answer) => {
        if (!answer.ok) return;
        known.delete(pointCode);
        known.set(pointCode, answer.value);
        if (known.size > KEPT) known.delete(known.keys().next().value as string);
      });
    },
    of: (a) =>
      known.get(a.pointCode)?.find((r) => r.id === a.ruleId && r.version === a.ruleVersion) ??
      catalog().rule(a),
  };
}
