import { baseInForce, type MapFile, type MapSettings } from '../../../domain/map.ts';
import type { Language } from '../../../wire/http/head/language.ts';
import { mapJson, SLICE_AT_MOST } from '../../../wire/http/map/map.ts';
import type { Handlers } from '../answer/handler.ts';
import { HttpProblem } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';

export function mapRoutes({ maps, clock, log }: Services): Pick<Handlers, 'map' | 'changeMap' | 'mapFile'> {
  const told = (
    settings: MapSettings,
    files: readonly MapFile[],
    { keeps, language }: { readonly keeps: boolean; readonly language: Language },
  ) =>
    mapJson(settings, {
      base: baseInForce(settings, files),
      files,
      folder: keeps ? maps.folder : null,
      language,
    });
  return {
    map: async ({ language, can }) =>
      told(await maps.settings(), await maps.list(), { keeps: can('register.change'), language }),

    changeMap: async ({ body, session, language, was }) => {
      // Every district looks at it.
      if (session.areas !== null) throw new HttpProblem('foreign-area');
      const [before, files] = [await maps.settings(), await maps.list()];
      if (body.seenRevision !== before.revision) throw new HttpProblem('changed-since');
      const { base } = body;
      const file = base?.kind === 'file' ? files.find((f) => f.name === base.file) : null;
      if (file === undefined) throw new HttpProblem('not-found');
      was({ base: before.base, view: before.view });
      const after: MapSettings = {
        base: base === undefined ? before.base : base,
        view: body.view === undefined ? before.view : body.view,
        revision: before.revision + 1,
        changed: { by: session.account, at: clock.now() },
      };
      await maps.keep(after);
      log.info('the map was set', { by: session.account, base: after.base?.kind ?? 'first file' });
      return told(after, files, { keeps: true, language });
    },

    mapFile: async ({ params, range }) => {
      const long = range === null ? 0 : range.to - range.from + 1;
      if (range === null || long > SLICE_AT_MOST) throw new HttpProblem('range-needed');
      const slice = await maps.slice(params.name, range.from, long);
      if (slice === null) throw new HttpProblem('not-found');
      if (slice.bytes.length === 0)
        throw new HttpProblem('range-needed', { headers: { 'content-range': `bytes */${slice.size}` } });
      return slice;
    },
  };
}
