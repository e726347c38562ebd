import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Audit, AuditEntry, AuditValue } from '../../src/flow/ports/audit.ts';

export const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  at: 1_000,
  who: 'li',
  from: '10.0.0.1',
  what: 'session.login',
  object: 'li',
  outcome: 'done',
  ...more,
});

/** What everybody who records, asks and prunes may rely on. */
export function auditContract(name: string, given: { open: () => Promise<Audit>; end?: () => void }): void {
  describe(name, () => {
    let audit: Audit;
    beforeEach(async () => {
      audit = await given.open();
      return () => audit.close();
    });
    afterAll(() => given.end?.());

    test('keeps an entry as it was given, in its place', async () => {
      const act = entry({
        what: 'rule.change',
        object: 'R-1',
        before: { limit: 20 },
        after: { limit: 25 },
        why: '更换探头',
      });
      expect(await audit.record(act)).toBe(true);
      expect(await audit.entries({}, 10, null)).toEqual([{ ...act, n: 1, seal: expect.any(String) }]);
    });

    test('many at once are all kept, in the order in which they came', async () => {
      const all = await Promise.all(Array.from({ length: 1_200 }, (_, i) => audit.record(entry({ at: i }))));
      expect(all.every((kept) => kept)).toBe(true);
      const [newest] = await audit.entries({}, 1, null);
      expect([newest?.n, newest?.at]).toEqual([1_200, 1_199]);
    });

    test('answers newest first, by whom, what, outcome and time, page by page', async () => {
      await audit.record(entry({ at: 1, who: 'li' }));
      await audit.record(entry({ at: 2, who: 'wang', what: 'alarm.acknowledge', object: 'A-1' }));
      await audit.record(entry({ at: 3, who: 'li', what: 'session.logout', outcome: 'refused', why: 'x' }));
      const ns = async (...a: Parameters<Audit['entries']>) => (await audit.entries(...a)).map((e) => e.n);
      expect(await ns({}, 2, null)).toEqual([3, 2]);
      expect(await ns({}, 2, 2)).toEqual([1]);
      expect(await ns({ who: 'li' }, 9, null)).toEqual([3, 1]);
      expect(await ns({ what: 'session' }, 9, null)).toEqual([3, 1]);
      expect(await ns({ object: 'A-1' }, 9, null)).toEqual([2]);
      expect(await ns({ outcome: 'refused' }, 9, null)).toEqual([3]);
      expect(await ns({ from: 2, to: 3 }, 9, null)).toEqual([2]);
    });

    test('an entry of which nothing is as it should be holds up none that follows', async () => {
      let deep: AuditValue = 'x';
      for (let i = 0; i < 30_000; i++) deep = [deep];
      expect(await audit.record(entry({ from: undefined as never, who: undefined as never }))).toBe(true);
      expect(await audit.record(entry({ after: deep }))).toBe(true);
      expect(await audit.record(entry({ object: '\u0000\ud800', why: undefined as never }))).toBe(true);
      expect(await audit.record(entry({ object: 'after them' }))).toBe(true);
      expect(await audit.writable()).toBe(true);
      const [last] = await audit.entries({ object: 'after them' }, 9, null);
      expect(last?.n).toBe(4);
    });

    test('an address that is pasted with its token in it is kept without', async () => {
      const urls = [
        'https://oapi.dingtalk.com/robot/send?access_token=t0ken-1',
        'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?a=b&key=t0ken-2 and more',
        'https://open.feishu.cn/open-apis/bot/v2/hook/t0ken-3',
      ];
      await audit.record(entry({ after: { config: { url: urls } } }));
      const kept = JSON.stringify(await audit.entries({}, 10, null));
      expect(kept).not.toContain('t0ken');
      expect(kept).toContain('a=b&key=*** and more');
    });

    test('what is called like a secret is not written down, and a novel is cut', async () => {
      await audit.record(
        entry({
          after: {
            LIFELINE_ADMIN_PASSWORD: 'Hidden-1',
            totp: 'ABC',
            deep: [{ token: 't' }],
            note: 'x'.repeat(9_999),
          },
        }),
      );
      const text = JSON.stringify(await audit.entries({}, 1, null));
      expect(text).not.toMatch(/Hidden-1|"ABC"|"t"/);
      expect(text.length).toBeLessThan(4_000);
    });

    test('the anchor is the newest entry, and none while there is none', async () => {
      expect(await audit.anchor()).toBeNull();
      await audit.record(entry({ at: 7 }));
      const [newest] = await audit.entries({}, 1, null);
      expect(await audit.anchor()).toEqual({ n: 1, seal: newest?.seal, at: 7 });
    });

    test('what is too old goes from the front', async () => {
      for (const at of [1, 2, 3, 4]) await audit.record(entry({ at }));
      expect(await audit.forgetBefore(3)).toBe(2);
      expect((await audit.entries({}, 9, null)).map((e) => e.n)).toEqual([4, 3]);
      expect(await audit.forgetBefore(3)).toBe(0);
    });
  });
}
