import { describe, expect, it } from 'vitest';
import { areasIn } from '../../dashboards/console/src/screens/accounts/grants.ts';
import { words as accounts } from '../../dashboards/console/src/screens/accounts/words.ts';
import { acts } from '../../dashboards/console/src/screens/audit/acts.ts';
import { filterOf, GROUPS, queryOf } from '../../dashboards/console/src/screens/audit/filter.ts';
import { mayOpen, seesTheCity } from '../../dashboards/console/src/session/screens-for.ts';
import { rightsOf } from '../../src/domain/account/permissions.ts';
import { ROLES, type Role } from '../../src/domain/account/roles.ts';
import { ROUTES } from '../../src/wire/http/routes.ts';

const me = (...roles: Role[]) => ({ permissions: rightsOf(roles) });

describe('the screens of administrators', () => {
  it('are for who may: an auditor has the journal and no alarms, an operator the alarms and no accounts', () => {
    expect(seesTheCity(me('operator'))).toBe(true);
    expect(seesTheCity(me('auditor'))).toBe(false);
    expect(seesTheCity(me('security-admin'))).toBe(false);
    expect(mayOpen({ right: 'audit.read' }, me('auditor'))).toBe(true);
    expect(mayOpen({ right: 'accounts.see' }, me('operator'))).toBe(false);
  });
  it('have a word for every role', () => {
    for (const role of Object.keys(ROLES)) expect(Object.keys(accounts)).toContain(`role.${role}`);
  });
  it('read areas however they are typed; nothing is the whole city', () => {
    expect(areasIn('341602，341623 A-1')).toEqual(['341602', '341623', 'A-1']);
    expect(areasIn('  ')).toBeNull();
  });
});

describe('the audit journal on the screen', () => {
  it('has words for every act of the public interface, in both languages, and a group to find it by', () => {
    for (const [name, route] of Object.entries(ROUTES)) {
      // A question is in the journal only where it was refused: its code will do until it has a word.
      if (route.method === 'GET') continue;
      expect(Object.keys(acts)).toContain(name);
      expect(GROUPS as readonly string[]).toContain(route.tag);
    }
    for (const [zh, en] of Object.values(acts) as [string, string][])
      expect([zh !== '', /[\u3000-\u9fff]/.test(en)]).toEqual([true, false]);
  });
  it('asks only for what was filled in, at Beijing time', () => {
    const f = filterOf({ who: 'li', from: '2026-11-27 08:00', what: ['x'] });
    expect(queryOf(f)).toBe(`who=li&from=${encodeURIComponent('2026-11-27T00:00:00.000Z')}`);
    expect(queryOf(filterOf({ to: '2026-11-28' }))).toContain(encodeURIComponent('2026-11-27T16:00'));
    expect(queryOf(filterOf({ to: 'soon' }))).toBe('to=soon');
    expect(queryOf(filterOf({}))).toBe('');
  });
});
