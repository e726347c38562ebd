import type { AreaCode, AssetCode } from '../../../domain/ids.ts';
import type { Refusal } from '../../../domain/refusals.ts';
import type { Asset } from '../../../domain/register/register.ts';
import type { Result } from '../../../domain/result.ts';
import type { Diagnosis, DiagnosisAct } from '../../../domain/risk/diagnosis.ts';
import type { HealthIndex } from '../../../domain/risk/health-index.ts';
import type { AssetRisk, LiveState, RiskInputs } from '../../../domain/risk/risk.ts';
import type { Millis } from '../../../domain/time.ts';

export type RiskRow = {
  readonly asset: Asset;
  readonly risk: AssetRisk;
  readonly live: LiveState;
  readonly revision: number;
};
type By = RiskInputs['by'];

/** What people ask of risk, findings and the index. Changes resolve when they are durable. */
export interface Risks {
  /** In order of code. @param area prefix; left out: everywhere that they see */
  list(q: {
    readonly area?: string | undefined;
    readonly sees: (area: string) => boolean;
  }): Promise<readonly RiskRow[]>;
  one(asset: Asset): Promise<RiskRow>;
  /** @param seen revision that was looked at; 0: nothing had been said */
  assess(
    asset: AssetCode,
    said: RiskInputs['said'],
    seen: number,
    by: By,
  ): Promise<Result<RiskInputs, Refusal>>;
  diagnoses(): readonly Diagnosis[];
  diagnosis(id: string): Diagnosis | undefined;
  find(
    wish: Pick<Diagnosis, 'title' | 'area' | 'asset' | 'standard'> & {
      readonly value: number;
      readonly unit: string;
    },
    by: By,
  ): Promise<Result<Diagnosis, Refusal>>;
  step(id: string, act: DiagnosisAct, seen: number, by: By): Promise<Result<Diagnosis, Refusal>>;
  index(q: {
    readonly area: AreaCode | null;
    readonly from: Millis;
    readonly to: Millis;
    readonly sees: (area: string) => boolean;
  }): Promise<HealthIndex>;
}
