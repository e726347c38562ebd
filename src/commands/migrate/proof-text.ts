import { agrees, type TableProof } from '../../adapters/move/index.ts';

/** So much of a digest is shown: enough to compare by eye. */
const SHOWN = 16;

/** What both sides hold, table by table. */
export function proofText(proofs: readonly TableProof[]): string {
  const wide = Math.max(...proofs.map((p) => p.name.length));
  const lines = proofs.map((p) => {
    const { from, to } = p;
    const held = `${String(from.rows).padStart(10)}  ${from.digest.slice(0, SHOWN)}`;
    return agrees(p)
      ? `${p.name.padEnd(wide)} ${held}  =`
      : `${p.name.padEnd(wide)} ${held}  ≠ ${to.rows}  ${to.digest.slice(0, SHOWN)}`;
  });
  const rows = proofs.reduce((n, p) => n + p.from.rows, 0);
  const all = proofs.every(agrees)
    ? `两边一致 · both hold the same: ${proofs.length} tables, ${rows} rows`
    : '两边不一致 · they do not hold the same';
  return `${lines.join('\n')}\n${all}\n`;
}
