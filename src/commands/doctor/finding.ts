export type FindingVerdict = 'ok' | 'warn' | 'bad';

/** One thing looked at: how it is, and where it is not well, what would be right. */
export type Finding = { readonly check: string; readonly verdict: FindingVerdict; readonly says: string };

export type Check = {
  readonly name: string;
  readonly look: () => Promise<readonly Finding[]> | readonly Finding[];
};

const say =
  (verdict: FindingVerdict) =>
  (check: string, says: string): Finding => ({ check, verdict, says });

export const ok = say('ok');
export const warn = say('warn');
export const bad = say('bad');

/** Runs the checks one after the other; one that fails is a finding of its own, and stops no other. */
export async function runChecks(checks: readonly Check[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name, look } of checks) {
    try {
      findings.push(...(await look()));
    } catch (cause) {
      findings.push(
        bad(name, `could not be looked at: ${cause instanceof Error ? cause.message : String(cause)}`),
      );
    }
  }
  return findings;
}
