import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, ServiceProcess } from '../support/service-process.ts';
import { run } from './run.ts';

/** The real service, then the files it left behind. */
describe('the audit journal of a real service', () => {
  const dir = mkdtempSync(join(tmpdir(), 'audit-command-'));
  const at = ['--data-dir', dir];
  let anchor: string;

  beforeAll(async () => {
    const service = await ServiceProcess.start(dir);
    const api = await service.client();
    await api.post('/accounts', { account: 'shen', name: '=HYPERLINK("http://evil")', roles: ['auditor'] });
    await fetch(`${service.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account: 'admin\nshen logged in', password: 'guess' }),
    });
    await fetch(`${service.url}/api/v1/points`);
    // Beside the running service too.
    const running = await run('audit', ['anchor', ...at]);
    expect(running.code, running.err).toBe(0);
    anchor = running.out.trim();
    expect(await service.stop()).toBe(0);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('is whole, and as its anchor says', async () => {
    const { code, out } = await run('audit', ['verify', '--anchor', anchor, ...at]);
    expect(out).toMatch(/完好 · whole: \d+ entries, anchor \d+:[\w-]{43}, as the anchor says/);
    expect(code).toBe(0);
  });

  test('tells the start with its configuration, log-ins, refusals, acts and the stop, and no secret', async () => {
    const { out } = await run('audit', ['export', '--jsonl', ...at]);
    const bodies = out
      .trim()
      .split('\n')
      .map((l) => JSON.parse(JSON.parse(l).body));
    const whats = bodies.map((b) => `${b.what} ${b.outcome}${b.why ? ` ${b.why}` : ''}`);
    expect(whats).toEqual([
      'service.start done',
      'session.login done',
      'accounts.createAccount done',
      'session.login refused wrong-credentials',
      'register.points refused no-session',
      'service.stop done',
    ]);
    expect(bodies[0].after).toMatchObject({ LIFELINE_ADMIN_PASSWORD: '***', LIFELINE_AUTO_REGISTER: true });
    expect(bodies[2]).toMatchObject({ who: 'admin', from: '127.0.0.1', object: 'shen' });
    expect(out).not.toContain(PASSWORD);
    expect(out).not.toContain('guess');
  });

  test('exports as a table in which nothing runs and nothing breaks a line', async () => {
    const { out } = await run('audit', ['export', ...at]);
    expect(out.charCodeAt(0)).toBe(0xfeff);
    expect(out).not.toMatch(/(^|,)"?[=+@]/m);
    expect(
      out
        .trim()
        .split('\r\n')
        .filter((l) => /^\d+,/.test(l)),
    ).toHaveLength(6);
  });

  test('says what was edited and what was cut, and ends with 1', async () => {
    const db = new DatabaseSync(join(dir, 'audit.db'));
    db.exec(`UPDATE entry SET body = replace(body, 'wrong-credentials', 'nothing-wrong-here') WHERE n = 4`);
    db.exec('DELETE FROM entry WHERE n = 2');
    db.close();
    const { code, out } = await run('audit', ['verify', '--anchor', anchor, ...at]);
    expect(code).toBe(1);
    expect(out).toContain('被删除 cut  3');
    expect(out).toContain('被修改 edited  4');
    const doctor = await run('doctor', ['--json', '--data-dir', dir]);
    const { findings } = JSON.parse(doctor.out) as { findings: { check: string; verdict: string }[] };
    expect(findings.find((f) => f.check === 'audit')).toMatchObject({
      verdict: 'bad',
      says: expect.stringContaining('audit -- verify'),
    });
  });

  test('wrong use is told, with what would be right', async () => {
    for (const args of [
      [],
      ['burn'],
      ['verify', '--anchor', 'x', ...at],
      ['verify', '--data-dir', '/nonexistent'],
    ]) {
      const { code, err } = await run('audit', args);
      expect([code, err.length > 20]).toEqual([2, true]);
    }
  });

  test('an account that nobody can get into is reset on the machine itself', async () => {
    const listed = await run('account', ['list', ...at]);
    expect(listed.out).toMatch(/^admin\t系统管理员\t初始账号\t全市\t启用$/m);
    const { code, out, err } = await run('account', ['reset', 'admin', ...at]);
    expect(code, err).toBe(0);
    const oneTimeCode = /[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}/.exec(out)?.[0];
    const service = await ServiceProcess.start(dir, { LIFELINE_ADMIN_PASSWORD: 'Another-9-word' });
    try {
      const busy = await run('account', ['reset', 'admin', ...at]);
      expect([busy.code, busy.err]).toEqual([1, expect.stringContaining('stop it first')]);
      const entered = await fetch(`${service.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ account: 'admin', password: oneTimeCode }),
      });
      expect(await entered.json()).toMatchObject({ mustSetPassword: true, roles: ['founder'] });
    } finally {
      await service.stop();
    }
    expect((await run('account', ['reset', 'niemand', ...at])).code).toBe(1);
  });
});
