import type { AssetCode } from '../../domain/ids.ts';
import type { Filed } from '../../domain/response/filed.ts';
import type { Diagnosis } from '../../domain/risk/diagnosis.ts';
import type { RiskInputs } from '../../domain/risk/risk.ts';

/** What people have said of assets for their risk, and findings, in memory: folded from what is filed. */
export class RiskBook {
  readonly #inputs = new Map<AssetCode, RiskInputs>();
  readonly #diagnoses = new Map<string, Diagnosis>();

  take(f: Filed): void {
    if (f.is === 'risk-inputs') this.#inputs.set(f.inputs.asset, f.inputs);
    if (f.is === 'diagnosis') this.#diagnoses.set(f.diagnosis.id, f.diagnosis);
  }

  inputs = (asset: AssetCode): RiskInputs | undefined => this.#inputs.get(asset);
  diagnosis = (id: string): Diagnosis | undefined => this.#diagnoses.get(id);
  /** Newest first. */
  diagnoses = (): readonly Diagnosis[] =>
    [...this.#diagnoses.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}
