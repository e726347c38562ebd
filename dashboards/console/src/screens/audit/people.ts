import type { Account } from '../../api/answers.ts';
import type { Api } from '../../api/http.ts';

const MOST = 1_000;
let asked: { readonly by: string; readonly names: Promise<ReadonlyMap<string, string>> } | null = null;

/**
 * People by their accounts, asked for once a log-in: each question is in the very journal that is read here.
 *
 * @param by who asks; somebody else asks anew
 */
export function peopleOnce(api: Pick<Api, 'all'>, by: string): Promise<ReadonlyMap<string, string>> {
  if (asked?.by === by) return asked.names;
  const names = api.all<Account>('/accounts', MOST).then((all) => {
    // What was refused is asked again by the next who wants it.
    if (!all.ok) asked = null;
    return new Map(all.ok ? all.value.map((a) => [a.account, a.name]) : []);
  });
  asked = { by, names };
  return names;
}
