import { UP_OBJECTS, type UpObject } from '../../domain/upstream/item.ts';
import type { DayTally } from '../../domain/upstream/reconcile.ts';
import {
  type LineAnswer,
  LineTrouble,
  type UpDocument,
  type UpstreamLine,
} from '../../flow/ports/upstream/line.ts';
import { itemsTaken, tallyOut } from '../../wire/upstream/lifeline.ts';
import { inOneLine, jsonOf } from './answer.ts';
import type { UpstreamCall } from './asking.ts';

type Transport = { readonly path: string; readonly reconcile: string; readonly batch: number };

/** The way to another installation of this program. */
export function lifelineLine(asking: UpstreamCall, transport: Transport, stream: string): UpstreamLine {
  const ask = async (path: string, body: unknown, signal: AbortSignal): Promise<unknown> => {
    const answer = await asking.ask({
      method: 'POST',
      path,
      type: 'application/json',
      body: JSON.stringify(body),
      fields: [],
      signal,
    });
    // A whole body that is refused, by what stands between or by another version: nothing of it was taken.
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429)
      throw new LineTrouble(`HTTP ${answer.status}: ${inOneLine(answer.body)}`);
    return jsonOf(answer);
  };
  return {
    batch: transport.batch,
    keepsAlive: true,
    send: async (documents, signal) => {
      const items = documents.map(({ number, at, object, late, exact }) => ({
        number,
        at: new Date(at).toISOString(),
        object,
        late,
        content: exact(),
      }));
      const read = itemsTaken.safeParse(await ask(transport.path, { stream, items }, signal));
      if (!read.success) throw new LineTrouble('what answers there is no such platform');
      const said = new Map(read.data.items.map((i) => [i.number, i]));
      return documents.flatMap((d) => answerTo(said.get(d.number), d));
    },
    reconcile: async ({ day, ours }, signal) => {
      const objects = [...ours.keys()];
      const read = tallyOut.safeParse(await ask(transport.reconcile, { stream, day, objects }, signal));
      if (!read.success) return null;
      return new Map<UpObject, DayTally>(
        read.data.objects.flatMap(({ object, count, digest }) =>
          UP_OBJECTS.includes(object) ? [[object, { count, digest }] as const] : [],
        ),
      );
    },
  };
}

function answerTo(
  said:
    | { readonly is: 'taken' | 'known' | 'rejected' | 'later'; readonly words?: string | undefined }
    | undefined,
  { number }: UpDocument,
): LineAnswer {
  if (said === undefined) return { is: 'later', said: `nothing was said of ${number}`, receipt: null };
  const words = inOneLine(said.words ?? said.is);
  if (said.is === 'taken' || said.is === 'known') return { is: 'accepted', said: words, receipt: null };
  return { is: said.is, said: words, receipt: null };
}
