import { no, ok, type Result } from '../../domain/result.ts';
import { hours } from '../../domain/time.ts';
import { heldAt } from '../mapping/pointer.ts';
import { scaled } from '../mapping/take.ts';
import type { FieldSpec } from './profile.ts';

export type Scalar = string | number | boolean | null;

/** Our document in their fields; or why that cannot be said in their words. */
export function fieldsOf(
  specs: Readonly<Record<string, FieldSpec>>,
  document: unknown,
): Result<ReadonlyMap<string, unknown>, string> {
  const made = new Map<string, unknown>();
  for (const [name, spec] of Object.entries(specs)) {
    const value = theirValue(name, spec, document);
    if (!value.ok) return value;
    if (value.value !== undefined) made.set(name, value.value);
  }
  return ok(made);
}

function theirValue(name: string, spec: FieldSpec, document: unknown): Result<unknown, string> {
  if (typeof spec === 'string') return ok(heldAt(document, spec));
  if ('value' in spec) return ok(spec.value);
  const pointers = typeof spec.at === 'string' ? [spec.at] : spec.at;
  const held = pointers.map((p) => heldAt(document, p)).find((v) => v !== undefined && v !== null);
  if (held === undefined) return ok(spec.otherwise);
  if (spec.words !== undefined) {
    const key = String(held);
    if (!Object.hasOwn(spec.words, key))
      return no(`the profile has no word for ${JSON.stringify(held)} in ${name}`);
    return ok(spec.words[key]);
  }
  if (spec.time !== undefined) {
    const at = typeof held === 'number' ? held : Date.parse(String(held));
    if (!Number.isFinite(at)) return no(`${name}: ${JSON.stringify(held)} is no instant`);
    return ok(timeText(at, spec.time));
  }
  if (spec.times !== undefined || spec.plus !== undefined) {
    const number = Number(held);
    if (!Number.isFinite(number)) return no(`${name}: ${JSON.stringify(held)} is no number`);
    return ok(scaled({ bit: undefined, times: spec.times, plus: spec.plus }, number));
  }
  if (spec.as === 'text') return ok(String(held));
  if (spec.as === 'json') return ok(JSON.stringify(held));
  return ok(spec.as === 'number' ? Number(held) : held);
}

export function timeText(at: number, as: 'iso' | 'ms' | 's' | 'beijing' | 'compact'): string | number {
  if (as === 'ms') return at;
  if (as === 's') return Math.floor(at / 1_000);
  if (as === 'iso') return new Date(at).toISOString();
  const beijing = new Date(at + hours(8)).toISOString().slice(0, 19).replace('T', ' ');
  return as === 'beijing' ? beijing : beijing.replaceAll(/[^0-9]/g, '');
}

/** Fields into a document: `a/b` stands in `a`. */
export function documentOf(fields: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [name, value] of fields) put(made, name, value);
  return made;
}

export function put(into: Record<string, unknown>, name: string, value: unknown): void {
  const steps = name.split('/');
  let here = into;
  for (const step of steps.slice(0, -1)) {
    const held = Object.hasOwn(here, step) ? here[step] : undefined;
    const next: Record<string, unknown> =
      typeof held === 'object' && held !== null ? (held as Record<string, unknown>) : {};
    Object.defineProperty(here, step, { value: next, enumerable: true, writable: true, configurable: true });
    here = next;
  }
  Object.defineProperty(here, steps.at(-1) ?? name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

/** Whether each stands there with its value, or one of them. */
export function holds(
  conditions: Readonly<Record<string, Scalar | readonly Scalar[]>>,
  document: unknown,
): boolean {
  return Object.entries(conditions).every(([pointer, is]) => {
    const held = heldAt(document, pointer);
    return Array.isArray(is) ? is.includes(held as Scalar) : held === is;
  });
}
