import { as } from '../../../../domain/ids.ts';
import { noteJson, viewJson } from '../../../../wire/http/desk/kept.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { pointOf } from '../find.ts';
import { newId } from '../new-id.ts';
import { granted } from '../notices/granted.ts';

type Names = Extract<
  keyof Handlers,
  'views' | 'createView' | 'dropView' | 'seriesNotes' | 'createSeriesNote' | 'dropSeriesNote'
>;

/** Views under a name, and what was written beside curves. What is another's is not there for them, where it is taken away. */
export function keptRoutes({ responses, service }: Services): Pick<Handlers, Names> {
  const { kept } = responses;
  const whole = service.register;
  return {
    views: ({ query, session }) => ({
      items: kept
        .views()
        .filter((v) => v.shared || v.by.account === session.account)
        .filter((v) => query.screen === undefined || v.screen === query.screen)
        .map((v) => viewJson(v, session.account)),
      next: null,
    }),
    createView: async ({ body, session }) => {
      const by = { account: session.account, name: session.name };
      return viewJson(granted(await responses.keepView({ ...body, id: newId('view'), by })), session.account);
    },
    dropView: async ({ params, session, was }) => {
      const view = kept.view(params.id);
      if (view === undefined || view.by.account !== session.account) throw new HttpProblem('not-found');
      was(viewJson(view, session.account));
      granted(await responses.keepView({ ...view, isGone: true }));
      return undefined;
    },
    seriesNotes: ({ params, session, register }) => {
      const { code } = pointOf(params.code, register, whole);
      return { items: kept.notesAt(code).map((n) => noteJson(n, session.account)), next: null };
    },
    createSeriesNote: async ({ params, body, session, register }) => {
      const { code } = pointOf(params.code, register, whole);
      const by = { account: session.account, name: session.name };
      const note = granted(
        await responses.keepNote({
          ...{ id: newId('note'), point: code, by, from: body.from, to: body.to, text: body.text },
          metric: body.metric === null ? null : as.metric(body.metric),
        }),
      );
      return noteJson(note, session.account);
    },
    dropSeriesNote: async ({ params, session, register, was }) => {
      const { code } = pointOf(params.code, register, whole);
      const note = kept.note(params.id);
      if (note === undefined || note.point !== code || note.by.account !== session.account)
        throw new HttpProblem('not-found');
      was(noteJson(note, session.account));
      granted(await responses.keepNote({ ...note, isGone: true }));
      return undefined;
    },
  };
}
