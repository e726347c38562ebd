import type { Warning } from '../../api/answers.ts';
import { BEIJING_OFFSET } from '../../state/beijing.ts';

/** What a warning says, as it is typed. */
export type Form = {
  level: string;
  lifeline: string;
  kind: string;
  areas: readonly string[];
  areaText: string;
  text: string;
  instruction: string;
  /** `2026-11-22T08:00`, by Beijing's clock. */
  expires: string;
  recipients: readonly string[];
};

/** How long one that is written by hand is in force where nobody says it; as the service has it. */
const IN_FORCE = 6 * 3_600_000;

const typedOf = (at: number): string => new Date(at + BEIJING_OFFSET).toISOString().slice(0, 16);

export const emptyForm = (now: number): Form => ({
  level: '3',
  lifeline: '',
  kind: '',
  areas: [],
  areaText: '',
  text: '',
  instruction: '',
  expires: typedOf(now + IN_FORCE),
  recipients: [],
});

export const formOf = (w: Warning): Form => ({
  level: String(w.level),
  lifeline: w.lifeline,
  kind: w.kind,
  areas: w.areas,
  areaText: w.areaText,
  text: w.text,
  instruction: w.instruction,
  expires: typedOf(Date.parse(w.expires)),
  recipients: w.recipients.map((r) => r.unit),
});

/** An instant typed by Beijing's clock; what is none goes as it was typed, so that the server says what would be right. */
function instantIn(typed: string): string {
  const at = Date.parse(`${typed}:00+08:00`);
  return Number.isNaN(at) ? typed : new Date(at).toISOString();
}

/** The content as the interface takes it; a line that is empty is not sent. */
export function contentIn(f: Form) {
  const filled = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());
  return {
    level: Number(f.level),
    kind: filled(f.kind),
    ...(f.areas.length === 0 ? {} : { areas: f.areas }),
    areaText: filled(f.areaText),
    text: filled(f.text),
    instruction: filled(f.instruction),
    expires: instantIn(f.expires),
  };
}
