import { admits } from '../../domain/judge/admits.ts';
import { evaluate, freshMemory, type Judgement, levelIn } from '../../domain/judge/evaluate.ts';
import { mayEnd, raisedBy } from '../../domain/judge/may-end.ts';
import { owned, type RecentMemory, type RuleMemory } from '../../domain/judge/memory.ts';
import {
  hasRoom,
  insertAt,
  instantAt,
  noteDoubt,
  placeAmong,
  samplesIn,
  valueAt,
} from '../../domain/judge/recent.ts';
import { isTold, noteTold, toldOf } from '../../domain/judge/told.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Rule } from '../../domain/rule.ts';
import type { MetricPlan } from '../rules/rule-book.ts';
import { breachOf, endOfCondition, type Findings, noteWorst, type Witness } from './findings.ts';
import { PointNow } from './own-point.ts';
import type { PointState } from './point-state.ts';

/**
 * Judges a reading that came behind newer ones in its own place: the rules run again from the last checkpoint over
 * what was known then, with this reading among it. What differs from what was said is said now, in order of event time:
 * a breach that this reading made, the end that it was, the condition that began again after it. An alarm that would
 * not have been raised had the readings come in order returns; it does not vanish.
 *
 * @returns false where the memories of that moment are gone, or there is no room for one more
 */
export function judgeBehind(point: PointState, plan: MetricPlan, reading: Reading, tell: Findings): boolean {
  const recent = point.memory.recent?.get(reading.metric);
  if (recent === undefined) return false;
  const place = placeAmong(recent, reading.observedAt);
  if (place === null || !hasRoom(recent) || !fits(plan, recent)) return false;

  // From the nearest checkpoint before it: a device whose every reading comes behind must not cost us the window each time.
  const first = recent.next !== null && place > recent.split ? recent.split : 0;
  const said = run(point, plan, recent, reading, first);
  insertAt(recent, place, reading.value as number, reading.observedAt);
  noteDoubt(recent, reading.observedAt, reading.quality);
  const found = run(point, plan, recent, reading, first);
  if (recent.next !== null && found.atSplit !== null) recent.next = found.atSplit;

  const witness = (j: number): Witness => {
    const observedAt = instantAt(recent, first + j);
    return { observedAt, quality: recent.doubts?.get(observedAt) };
  };
  for (let k = 0; k < plan.rules.length; k++) {
    const rule = plan.rules[k] as Rule;
    if (!admits(rule.judges, reading.quality)) continue;
    point.memory.rules.set(rule.id, found.memories[k] as RuleMemory);
    const before = said.entries.map((e) => e[k] as Judgement);
    const after = found.entries.map((e) => e[k] as Judgement);
    sayDifference(
      point,
      rule,
      witness,
      place - first,
      before,
      after,
      levelBefore(rule, recent, place - first, before, k),
      tell,
    );
  }
  return true;
}

/** False where the checkpoint is of other rules: kept by another version of the program. */
export function fits(plan: MetricPlan, recent: RecentMemory): boolean {
  return (
    recent.base.length === plan.rules.length &&
    plan.rules.every((r, k) => recent.base[k]?.watchers.length === r.steps.length)
  );
}

function levelBefore(
  rule: Rule,
  recent: RecentMemory,
  place: number,
  said: readonly Judgement[],
  k: number,
): Judgement['level'] {
  if (place > 0) return said[place - 1]?.level ?? null;
  let level: Judgement['level'] = null;
  rule.steps.forEach((step, i) => {
    if (recent.base[k]?.watchers[i]?.on === true && (level === null || step.level < level))
      level = step.level;
  });
  return level;
}

function sayDifference(
  point: PointState,
  rule: Rule,
  witness: (j: number) => Witness,
  place: number,
  said: readonly Judgement[],
  found: readonly Judgement[],
  levelThen: Judgement['level'],
  tell: Findings,
): void {
  let told = said.at(-1)?.level ?? null;
  const knownUpTo = endOfOneTold(point, rule, witness, place, found);
  for (let j = place; j < found.length; j++) {
    const now = found[j] as Judgement;
    const saidHere = j === place ? levelThen : (said[j - 1]?.level ?? null);
    const last = j === found.length - 1;
    const by = witness(j);
    if (now.level !== null && now.step !== null) {
      noteWorst(point, rule, now.step.limit, now.signal, by);
      const goesOn = j > 0 && found[j - 1]?.level != null;
      const since = goesOn ? witness(j - 1).observedAt : by.observedAt;
      noteTold(toldOf(point.memory, rule.id), since, by.observedAt, now.level);
    }
    if (now.level === saidHere && !(last && now.level !== told)) continue;
    told = now.level;
    if (now.level === null || now.step === null) endOfCondition(point, rule, tell);
    else if (j > knownUpTo)
      tell.breach(point, rule, breachOf(rule, now.step, now.level, now.signal, by, false, now.span));
  }
  if (told === null && point.memory.worst.size > 0) owned(point.memory, 'worst').delete(rule.id);
}

/**
 * Where a reading belongs to an excursion that is over, was told of as gravely, and its alarm closed: the last of that one. What came
 * behind only shows that it began earlier or lasted longer: it must not raise a second alarm. -1: it belongs to none.
 */
function endOfOneTold(
  point: PointState,
  rule: Rule,
  witness: (j: number) => Witness,
  place: number,
  found: readonly Judgement[],
): number {
  const level = found[place]?.level ?? null;
  if (level === null || point.alarms.has(rule.id)) return -1;
  let [first, last] = [place, place];
  while (first > 0 && found[first - 1]?.level != null) first--;
  while (found[last + 1]?.level != null) last++;
  const [from, to] = [witness(first).observedAt, witness(last).observedAt];
  return last < found.length - 1 && isTold(point.memory.told?.get(rule.id), from, to, level) ? last : -1;
}

/** What a rule says to a reading that it does not judge: what it said before. */
function unmoved(rule: Rule, memory: RuleMemory): Judgement {
  const level = levelIn(rule, memory);
  return { memory, level, signal: null, step: rule.steps.find((s) => s.level === level) ?? null };
}

export function run(
  point: PointState,
  plan: MetricPlan,
  recent: RecentMemory,
  reading: Reading,
  first: number,
): {
  readonly entries: readonly (readonly Judgement[])[];
  readonly memories: readonly RuleMemory[];
  readonly atSplit: readonly RuleMemory[] | null;
} {
  const { rules } = plan;
  const from = (first > 0 ? recent.next : null) ?? recent.base;
  const memories = rules.map((r, k) => from[k] ?? freshMemory(r));
  const beside = new PointNow(point, reading.metric, (id) => memories[rules.findIndex((r) => r.id === id)]);
  let atSplit: readonly RuleMemory[] | null = null;
  const entries: Judgement[][] = [];
  for (let j = first; j < samplesIn(recent); j++) {
    if (j === recent.split && first === 0) atSplit = memories.slice();
    const doubt = recent.doubts?.get(instantAt(recent, j));
    entries.push(
      rules.map((rule, k) => {
        if (doubt !== undefined && !admits(rule.judges, doubt))
          return entries.at(-1)?.[k] ?? unmoved(rule, memories[k] as RuleMemory);
        const evaluated = evaluate(
          rule,
          memories[k] as RuleMemory,
          valueAt(recent, j),
          instantAt(recent, j),
          beside,
        );
        const found =
          doubt === undefined || mayEnd(doubt) ? evaluated : raisedBy(memories[k] as RuleMemory, evaluated);
        if (found === null) return entries.at(-1)?.[k] ?? unmoved(rule, memories[k] as RuleMemory);
        memories[k] = found.memory;
        return found;
      }),
    );
  }
  return { entries, memories, atSplit };
}
