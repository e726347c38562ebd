import { describe, expect, it } from 'vitest';
import { gravePage } from '../../dashboards/console/src/screens/wall/grave-page.ts';
import { takeWallToken } from '../../dashboards/console/src/session/wall-token.ts';
import { anAlarm } from './an-alarm.ts';

const reds = (n: number) => Array.from({ length: n }, (_, i) => anAlarm(`red-${i}`, { level: 1 }));
const oranges = (n: number) => Array.from({ length: n }, (_, i) => anAlarm(`orange-${i}`, { level: 2 }));
const ids = (list: readonly { id: string }[]): string[] => list.map((a) => a.id);

describe('the list on the wall', () => {
  it('never pages a red away: those that fit stand on every page, and the pages turn below them', () => {
    const grave = [...reds(3), ...oranges(9)];
    const seen = new Set<string>();
    for (let turn = 0; turn < 7; turn++) {
      const { pinned, paged } = gravePage(grave, 8, turn);
      expect(ids(pinned)).toEqual(['red-0', 'red-1', 'red-2']);
      expect(pinned.length + paged.length).toBeLessThanOrEqual(8);
      for (const id of ids(paged)) seen.add(id);
    }
    expect(seen.size).toBe(9);
  });

  it('with more reds than rows shows reds on every page, and everything comes round', () => {
    const grave = [...reds(12), ...oranges(3)];
    const seen = new Set<string>();
    const { pages } = gravePage(grave, 5, 0);
    for (let turn = 0; turn < pages; turn++) {
      const { pinned, paged } = gravePage(grave, 5, turn);
      expect(ids(pinned)).toEqual(['red-0', 'red-1', 'red-2']);
      for (const id of ids([...pinned, ...paged])) seen.add(id);
    }
    expect(seen.size).toBe(15);
  });

  it('does not page what fits', () => {
    expect(gravePage([...reds(2), ...oranges(3)], 5, 9)).toMatchObject({ page: 0, pages: 1, paged: [] });
  });
});

describe('the token of a wall', () => {
  const take = (pathname: string, search: string, hash: string) => {
    const put: string[] = [];
    return { ...takeWallToken({ pathname, search, hash }, (a) => put.push(a)), put };
  };
  it('is read behind #, and taken out of the address', () => {
    expect(take('/wall', '', '#abc%2Fdef')).toEqual({ token: 'abc/def', inQuery: false, put: ['/wall'] });
    expect(take('/', '?wall', '#abc')).toMatchObject({ token: 'abc', put: ['/?wall='] });
  });
  it('is not taken from ?token=, where it has stood in logs: that is thrown away, and said', () => {
    expect(take('/wall', '?token=abc', '')).toEqual({ token: null, inQuery: true, put: ['/wall'] });
  });
  it('leaves every other address alone', () => {
    expect(take('/alarms/1', '?q=a', '#x')).toEqual({ token: null, inQuery: false, put: [] });
  });
});
