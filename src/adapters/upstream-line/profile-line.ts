import type { UpObject } from '../../domain/upstream/item.ts';
import type { DayTally } from '../../domain/upstream/reconcile.ts';
import type { UpstreamSecrets, UpstreamSetup } from '../../domain/upstream/setup.ts';
import type { LineAnswer, UpDocument, UpstreamLine } from '../../flow/ports/upstream/line.ts';
import { heldAt } from '../../wire/mapping/pointer.ts';
import { documentOf, fieldsOf, holds, put, type Scalar } from '../../wire/upstream/fields.ts';
import type { ObjectSpec, UpstreamProfile } from '../../wire/upstream/profile.ts';
import { answerOf, jsonOf } from './answer.ts';
import type { Ask, UpstreamCall } from './asking.ts';
import { enciphered } from './sign.ts';

type Given = {
  readonly asking: UpstreamCall;
  readonly setup: UpstreamSetup;
  readonly secrets: UpstreamSecrets;
  readonly profile: UpstreamProfile;
  readonly wall: () => number;
  readonly nonce: () => string;
};
type Transport = Extract<UpstreamProfile['transport'], { kind: 'json' | 'form' }>;

const NOT_THEIRS: LineAnswer = { is: 'accepted', said: 'not theirs to know, by the profile', receipt: null };
const rejected = (said: string): LineAnswer => ({ is: 'rejected', said, receipt: null });

/** The way to a receiver that a profile describes: our documents in its fields, its codes, its answers. */
export function profileLine(given: Given, transport: Transport): UpstreamLine {
  const { profile } = given;
  return {
    batch: 20,
    keepsAlive: false,
    send: async (documents, signal) => {
      const answers: LineAnswer[] = [];
      for (const document of documents) {
        const spec = profile.objects[document.object];
        answers.push(
          spec === undefined || profile.answer === undefined
            ? rejected(`the profile says nothing of ${document.object}`)
            : await sendOne(given, transport, { document, spec, how: profile.answer, signal }),
        );
        // What follows waits: it may be about the same thing, and the line may be tired.
        if (answers.at(-1)?.is === 'later') break;
      }
      return answers;
    },
    reconcile: async (ask, signal) =>
      profile.reconcile === undefined ? null : tallies(given, transport, ask, signal),
  };
}

async function sendOne(
  given: Given,
  transport: Transport,
  one: {
    readonly document: UpDocument;
    readonly spec: ObjectSpec;
    readonly how: NonNullable<UpstreamProfile['answer']>;
    readonly signal: AbortSignal;
  },
): Promise<LineAnswer> {
  const { document, spec, how, signal } = one;
  const theirs: ReadonlyMap<string, unknown>[] = [];
  for (const said of document.said()) {
    if (spec.only !== undefined && !holds(spec.only, said)) continue;
    const fields = fieldsOf(spec.fields, { ...headOf(given, document), ...said });
    if (!fields.ok) return rejected(fields.error);
    theirs.push(new Map([...fields.value, ...Object.entries(document.set)]));
  }
  if (theirs.length === 0) return NOT_THEIRS;
  let last = NOT_THEIRS;
  for (let from = 0; from < theirs.length; from += spec.batch) {
    const part = theirs.slice(from, from + spec.batch);
    const head = { ...headOf(given, document), count: part.length, part: from / spec.batch + 1 };
    const heads = fieldsOf(transport.head, head);
    if (!heads.ok) return rejected(heads.error);
    const body = bodyOf(spec, heads.value, part);
    const path = (spec.path ?? transport.path).replaceAll('{number}', document.number);
    last = answerOf(await given.asking.ask({ ...asked(given, transport, body), path, signal }), how);
    if (last.is !== 'accepted') return last;
  }
  return last;
}

/** What stands beside the item. */
const headOf = ({ setup, wall, nonce }: Given, { number, object, at, late }: UpDocument) => ({
  number,
  object,
  late,
  source: setup.source,
  owedAt: new Date(at).toISOString(),
  sentAt: new Date(wall()).toISOString(),
  nonce: nonce(),
});

function bodyOf(
  spec: ObjectSpec,
  head: ReadonlyMap<string, unknown>,
  theirs: readonly ReadonlyMap<string, unknown>[],
): Record<string, unknown> {
  const body = documentOf(head);
  if (spec.list !== undefined) put(body, spec.list, theirs.map(documentOf));
  else for (const [name, value] of theirs[0] ?? []) put(body, name, value);
  return body;
}

/** A document as their body: JSON or form, in the clear or enciphered. */
function asked(
  { profile, secrets }: Given,
  { kind, method }: Transport,
  document: Readonly<Record<string, unknown>>,
): Pick<Ask, 'method' | 'type' | 'body' | 'fields'> {
  const { cipher } = profile;
  const text = () =>
    kind === 'json' ? JSON.stringify(document) : new URLSearchParams(formOf(document)).toString();
  const sent =
    cipher.kind === 'none'
      ? document
      : { [cipher.field]: enciphered(text(), secrets.cipherKey ?? '', cipher.write) };
  return kind === 'json'
    ? { method, type: 'application/json; charset=utf-8', body: JSON.stringify(sent), fields: [] }
    : { method, type: 'application/x-www-form-urlencoded; charset=utf-8', body: '', fields: formOf(sent) };
}

const formOf = (document: Readonly<Record<string, unknown>>): [string, string][] =>
  Object.entries(document).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null
      ? []
      : [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]],
  );

async function tallies(
  given: Given,
  transport: Transport,
  { day, ours }: Parameters<UpstreamLine['reconcile']>[0],
  signal: AbortSignal,
): Promise<ReadonlyMap<UpObject, DayTally>> {
  const how = given.profile.reconcile;
  const found = new Map<UpObject, DayTally>();
  if (how === undefined) return found;
  for (const [object, { count, digest }] of ours) {
    const fields = fieldsOf(how.fields, { day, object, count, digest, source: given.setup.source });
    if (!fields.ok) continue;
    const ask = asked(given, transport, documentOf(fields.value));
    const json = jsonOf(await given.asking.ask({ ...ask, path: how.path, signal }));
    if (how.accepted !== undefined && !holds(how.accepted as Record<string, Scalar>, json)) continue;
    const theirs = Number(heldAt(json, how.count));
    if (!Number.isInteger(theirs)) continue;
    const said = how.digest === undefined ? undefined : heldAt(json, how.digest);
    // Who only counts is believed where the counts are the same.
    found.set(object, {
      count: theirs,
      digest: typeof said === 'string' ? said : theirs === count ? digest : '',
    });
  }
  return found;
}
