/** One line a step, with the seconds since the beginning: to standard error, the answer alone goes to standard output. */
export type TellStep = (step: string) => void;

export function tellTo(write: (text: string) => void, now: () => number): TellStep {
  const began = now();
  return (step) => write(`${((now() - began) / 1_000).toFixed(1).padStart(6)} s  ${step}\n`);
}
