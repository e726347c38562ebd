import type { Area } from '../api/answers.ts';
import type { Answer, Api } from '../api/http.ts';

/** The register's areas, asked for once a while and not for every alarm that is looked at. */
export type Areas = { all(): Promise<Answer<readonly Area[]>> };

const FRESH_FOR = 300_000;
const MOST = 3_000;

export function createAreas(api: Api, now: () => number): Areas {
  let asked: { readonly at: number; readonly answer: Promise<Answer<readonly Area[]>> } | null = null;
  return {
    all() {
      if (asked !== null && now() - asked.at < FRESH_FOR) return asked.answer;
      const mine = { at: now(), answer: api.all<Area>('/areas?limit=1000', MOST) };
      asked = mine;
      // What was refused is asked again by the next who wants it.
      void mine.answer.then((a) => {
        if (!a.ok && asked === mine) asked = null;
      });
      return mine.answer;
    },
  };
}
