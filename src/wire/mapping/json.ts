import { no, ok, type Result } from '../../domain/result.ts';
import { quoted, type TelemetryFlaw } from '../mqtt/telemetry-flaw.ts';
import { isObject } from '../mqtt/telemetry-json.ts';
import { holds } from './frames.ts';
import { Gathering } from './gather.ts';
import { type DeviceDirectory, type Mapped, NO_MAPPED } from './mapped.ts';
import { heldAt } from './pointer.ts';
import type { JsonMapping, LiveTake } from './schema.ts';
import { TimeReader } from './times.ts';

/** A document of somebody's platform, and what its topic said beside it. */
export type Document = { readonly json: unknown; readonly names?: Readonly<Record<string, string>> };

/** Items that the lists of one document may have together. */
const ITEMS_AT_MOST = 10_000;

/** A document → telemetry of ours. */
export function mapJson(mapping: JsonMapping, given: Document, directory: DeviceDirectory): Mapped {
  const opened = openedOf(mapping, given.json);
  if (!opened.ok) return { ...NO_MAPPED, flaws: [opened.error] };
  const top: Spot = { root: opened.value, item: opened.value, names: given.names ?? {} };
  if (mapping.leave.some((conditions) => meets(top, conditions))) return { ...NO_MAPPED, leftOut: true };
  if (!meets(top, mapping.when)) {
    const asked = Object.entries(mapping.when).map(([at, is]) => `${at} = ${JSON.stringify(is)}`);
    return {
      ...NO_MAPPED,
      flaws: [
        { code: 'not-this-mapping', detail: `${mapping.name} takes documents with ${asked.join(', ')}.` },
      ],
    };
  }
  const gathering = new Gathering(mapping, directory);
  const reading = new DocumentReading(mapping, gathering);
  const steps = mapping.each === undefined ? [] : [mapping.each].flat();
  let n = 0;
  for (const spot of spotsOf(top, steps)) {
    if (++n > ITEMS_AT_MOST) {
      gathering.flaws.add(
        'too-many-items',
        `More than ${ITEMS_AT_MOST} items in one document: send several.`,
      );
      break;
    }
    reading.take(spot);
  }
  if (n === 0) gathering.flaws.add('nothing-there', `Nothing stands at ${quoted(steps.join(' → '))}.`);
  return gathering.done();
}

/** What tells a message when it is sent again; `null`: nothing does. */
export function idOf({ dedup }: JsonMapping, json: unknown): string | null {
  if (dedup === undefined) return null;
  const found = at({ root: json, item: json, names: {} }, dedup.at);
  return (typeof found === 'string' && found !== '') || typeof found === 'number'
    ? String(found).slice(0, 200)
    : null;
}

class DocumentReading {
  readonly #mapping: JsonMapping;
  readonly #gathering: Gathering;
  readonly #time: TimeReader;

  constructor(mapping: JsonMapping, gathering: Gathering) {
    this.#mapping = mapping;
    this.#gathering = gathering;
    this.#time = new TimeReader(mapping.time?.format ?? 'auto', mapping.zone);
  }

  take(spot: Spot): void {
    const { station: where, time, values, marks, seq } = this.#mapping;
    const found = firstOf(spot, where.at);
    if ((typeof found !== 'string' && typeof found !== 'number') || String(found).trim() === '') {
      this.#gathering.flaws.add(
        'no-station',
        `No station stands at ${quoted([where.at].flat().join(' or '))}.`,
      );
      return;
    }
    const station = String(found).trim().slice(0, 200);
    const counter = seq === undefined ? undefined : at(spot, seq);
    const isCounter = typeof counter === 'number' && Number.isSafeInteger(counter) && counter >= 0;
    if (!this.#gathering.heard(station, isCounter ? counter : null)) return;
    const when = time === undefined ? null : this.#instant(firstOf(spot, time.at));
    const groups = [values].flat();
    const isThere = groups.map((group) => this.#values(spot, group, station, when)).some(Boolean);
    if (!isThere)
      this.#gathering.flaws.add(
        'no-values',
        `No values stand at ${quoted(groups.flatMap((g) => g.at).join(' or '))}.`,
      );
    for (const mark of marks)
      if (holds(at(spot, mark.at), mark.bit, mark.is)) this.#gathering.mark(station, mark.metrics, mark.as);
  }

  /** @returns false where none of them is there */
  #values(spot: Spot, group: Values, station: string, when: number | string | null): boolean {
    const held = firstOf(spot, group.at);
    if (typeof held !== 'object' || held === null) return false;
    const named = new Set<string>();
    const members = membersOf(held, group);
    const add = (code: string, member: unknown, take: LiveTake): void => {
      const { value: inside, time } = group;
      const isSplit = inside !== undefined && typeof member === 'object' && member !== null;
      const own = isSplit && time !== undefined ? this.#instant(heldAt(member, time)) : null;
      this.#gathering.add({
        station,
        at: own ?? when,
        code,
        raw: isSplit ? heldAt(member, inside) : member,
        take,
        said: null,
      });
    };
    for (const [code, given] of Object.entries(group.take)) {
      const member = members.has(code) ? members.get(code) : heldAt(held, code);
      named.add(code.split('/')[0] ?? code);
      if (member === undefined) continue;
      for (const one of [given].flat()) {
        if (one === null) continue;
        add(code, member, typeof one === 'string' ? { metric: one } : one);
      }
    }
    if (group.rest === 'drop') return true;
    for (const [code, member] of members) {
      if (named.has(code)) continue;
      if (group.rest === 'as-is') add(code, member, { metric: code });
      else
        this.#gathering.flaws.add(
          'unknown-code',
          `${quoted(code)} is not in the mapping ${this.#mapping.name}.`,
        );
    }
    return true;
  }

  /** As it came where it is no time that is understood: what takes telemetry in says so. */
  #instant(found: unknown): number | string | null {
    if (typeof found !== 'string' && typeof found !== 'number') return null;
    const text = String(found);
    return this.#time.read(text) ?? text;
  }
}

type Values = Extract<JsonMapping['values'], { readonly rest: string }>;

/** Name → member: of an object its own, of a list of {name, value} by the name that each has. */
function membersOf(held: object, { name }: Values): ReadonlyMap<string, unknown> {
  if (!Array.isArray(held) && name === undefined) return new Map(Object.entries(held));
  const members = new Map<string, unknown>();
  for (const [i, member] of (Array.isArray(held) ? held : [held]).entries()) {
    const said = name === undefined ? i : heldAt(member, name);
    if (typeof said === 'string' || typeof said === 'number') members.set(String(said), member);
  }
  return members;
}

/** A place in a document: its top, the item in hand, and what is known by name: keys of the steps, parts of the topic. */
type Spot = {
  readonly root: unknown;
  readonly item: unknown;
  readonly names: Readonly<Record<string, string>>;
};

function* spotsOf(spot: Spot, steps: readonly string[], depth = 1): Iterable<Spot> {
  const [step, ...rest] = steps;
  if (step === undefined) {
    yield spot;
    return;
  }
  const isOfMembers = step === '*' || step.endsWith('/*');
  const held = at(spot, isOfMembers ? step.slice(0, -2) || (step === '/*' ? '/' : '.') : step);
  if (held === undefined || held === null) return;
  const inside: Iterable<readonly [string | number, unknown]> = Array.isArray(held)
    ? held.entries()
    : isOfMembers && isObject(held)
      ? Object.entries(held)
      : [[0, held]];
  for (const [key, item] of inside)
    yield* spotsOf({ ...spot, item, names: { ...spot.names, [depth]: String(key) } }, rest, depth + 1);
}

/** What stands at a pointer; `undefined`: nothing. */
function at(spot: Spot, pointer: string): unknown {
  if (pointer === '.' || pointer === '') return spot.item;
  if (pointer.startsWith('$')) {
    const name = pointer.slice(1);
    return Object.hasOwn(spot.names, name) ? spot.names[name] : undefined;
  }
  if (pointer === '/') return spot.root;
  return pointer.startsWith('/') ? heldAt(spot.root, pointer.slice(1)) : heldAt(spot.item, pointer);
}

function firstOf(spot: Spot, pointers: string | readonly string[]): unknown {
  for (const pointer of typeof pointers === 'string' ? [pointers] : pointers) {
    const found = at(spot, pointer);
    if (found !== undefined && found !== null && found !== '') return found;
  }
  return undefined;
}

type Conditions = JsonMapping['when'];

const meets = (spot: Spot, conditions: Conditions): boolean =>
  Object.entries(conditions).every(([pointer, is]) => holds(at(spot, pointer), undefined, is));

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The document that is in the document. */
function openedOf({ open }: JsonMapping, json: unknown): Result<unknown, TelemetryFlaw> {
  let held = json;
  for (const { at: pointer, as } of open) {
    const text = at({ root: held, item: held, names: {} }, pointer);
    // Some platforms send it opened.
    if (typeof text === 'object' && text !== null) {
      held = text;
      continue;
    }
    if (typeof text !== 'string')
      return no({ code: 'nothing-there', detail: `No text stands at ${quoted(pointer)}.` });
    try {
      held = JSON.parse(as === 'json' ? text : utf8.decode(bytesOf(text)));
    } catch {
      return no({ code: 'not-json', detail: `The text at ${quoted(pointer)} is not JSON.` });
    }
  }
  return ok(held);
}

function bytesOf(base64: string): Uint8Array {
  const binary = atob(base64);
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

/** Whether a topic is one of these, and what its levels in braces are; `null`: it is none. */
export function namesOf(patterns: readonly string[], topic: string): Readonly<Record<string, string>> | null {
  const levels = topic.split('/');
  for (const pattern of patterns) {
    const names = matched(pattern.split('/'), levels);
    if (names !== null) return names;
  }
  return null;
}

/** The MQTT filter of a mapping's topic: each level that it names by `{x}` is any. */
export const filterOf = (pattern: string): string => pattern.replaceAll(/\{[^{}/]*\}/g, '+');

function matched(
  pattern: readonly string[],
  levels: readonly string[],
): Readonly<Record<string, string>> | null {
  const names: Record<string, string> = {};
  for (const [i, part] of pattern.entries()) {
    if (part === '#') return names;
    const level = levels[i];
    if (level === undefined) return null;
    const placeholder = /^\{(\w+)\}$/.exec(part)?.[1];
    if (placeholder !== undefined) names[placeholder] = level;
    else if (part !== '+' && part !== level) return null;
  }
  return pattern.length === levels.length ? names : null;
}
