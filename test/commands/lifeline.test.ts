import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandsPage } from '../../scripts/command-docs.ts';
import { asCalled } from '../../src/adapters/shared/as-called.ts';
import { languageOf } from '../../src/commands/lifeline/language.ts';
import { LOADERS } from '../../src/commands/lifeline/loaders.ts';
import { COMMANDS } from '../../src/commands/lifeline/table.ts';
import { PROCESS_ENV } from '../support/process-env.ts';

const ROOT = join(import.meta.dirname, '../..');

function lifeline(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/lifeline.ts', ...args], {
    cwd: ROOT,
    env: { ...PROCESS_ENV, ...env },
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

describe('the program', () => {
  test('shows every command, in the language of the terminal', () => {
    for (const [lang, word] of [
      ['zh_CN.UTF-8', '退出码'],
      ['en_GB.UTF-8', 'exit codes'],
    ] as const) {
      const { code, out } = lifeline(['--help'], { LANG: lang });
      expect([code, out.includes(word)]).toEqual([0, true]);
      expect(COMMANDS.filter((c) => !out.includes(`\n    ${c.name} `))).toEqual([]);
    }
  });

  test('refuses a command that is none, and says which may be meant', () => {
    expect(lifeline(['bakup'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/did you mean backup\?/),
    });
    expect(lifeline(['bakup'], { LANG: 'zh_CN.UTF-8' }).err).toMatch(/是不是 backup？/);
    expect(lifeline([])).toMatchObject({ code: 2, out: '' });
  });

  test('refuses an option that is none, and says which may be meant', () => {
    expect(lifeline(['backup', '--data-dri', 'x'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--data-dri; did you mean --data-dir\?/),
    });
    expect(lifeline(['device', 'add', 'X', '--unregisterd']).err).toMatch(/did you mean --unregistered\?/);
  });

  test('says its version by word and by option', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    for (const said of ['version', '--version'])
      expect(lifeline([said])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test('hands the rest to the service, which reads it itself', () => {
    expect(lifeline(['serve', '--port=80'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--port=80/),
    });
    expect(lifeline(['serve', '--help']).out).toContain('LIFELINE_HTTP_PORT');
  });

  test('says which package is missing, and what brings it', () => {
    const place = mkdtempSync(join(tmpdir(), 'lifeline-broken-'));
    try {
      cpSync(join(ROOT, 'src'), join(place, 'src'), { recursive: true });
      cpSync(join(ROOT, 'package.json'), join(place, 'package.json'));
      const run = (...args: string[]) =>
        spawnSync(process.execPath, [join(place, 'src/lifeline.ts'), ...args], {
          env: PROCESS_ENV,
          encoding: 'utf8',
        });
      expect(run('--help').status).toBe(0);
      for (const command of ['serve', 'doctor', 'backup'])
        expect(run(command)).toMatchObject({
          status: 2,
          stderr: expect.stringMatching(/^\S+ is missing: run npm ci\n$/),
        });
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });

  test('checks a configuration as the start would', () => {
    expect(lifeline(['config', 'check'], { LIFELINE_HTTP_PORT: '81' }).out).toMatch(
      /\* LIFELINE_HTTP_PORT=81/,
    );
    expect(lifeline(['config', 'check'], { LIFELINE_HTTP_PORT: 'x' })).toMatchObject({
      code: 2,
      err: expect.stringContaining('LIFELINE_HTTP_PORT'),
    });
  });
});

test('every command has a usage in both languages that begins with its name and names its options', async () => {
  for (const c of COMMANDS) {
    const loader = LOADERS[c.name];
    if (typeof loader !== 'function') continue;
    const { usage } = (await loader()).program;
    for (const text of [usage.zh, usage.en]) {
      expect(text).toMatch(new RegExp(`^lifeline ${c.name}\\b`));
      for (const word of [...(c.verbs ?? []), ...(c.options ?? [])]) expect(text, c.name).toContain(word);
      const options = new Set(text.match(/(?<=[\s[])--[a-z][a-z-]+/g));
      expect([...options].filter((o) => !c.options?.includes(o))).toEqual([]);
    }
  }
});

test('docs/commands.md is the table of commands (npm run docs)', async () => {
  expect(readFileSync(join(ROOT, 'docs/commands.md'), 'utf8')).toBe(await commandsPage());
});

test('the completion is taken by bash, and offers verbs and options of the command chosen', () => {
  const { out } = lifeline(['completion', 'bash']);
  const ask = `${out}\nCOMP_WORDS=(lifeline device ro); COMP_CWORD=2; _lifeline; echo "\${COMPREPLY[@]}"
COMP_WORDS=(lifeline ba); COMP_CWORD=1; _lifeline; echo "\${COMPREPLY[@]}"`;
  expect(execFileSync('bash', ['-c', ask], { encoding: 'utf8' })).toBe('rotate\nbackup backtest\n');
});

test.each([
  [{}, 'zh'],
  [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
  [{ LANG: 'en_US.UTF-8' }, 'en'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
  [{ LANG: 'C', LIFELINE_LANGUAGE: 'zh' }, 'zh'],
])('of the environment %j the language is %s', (env, language) => {
  expect(languageOf(env)).toBe(language);
});

test.each([
  ['lifeline device add CODE', 'npm run device -- add CODE'],
  ['lifeline parts --accept --data-dir x', 'npm run parts -- --accept --data-dir x'],
  ['lifeline doctor names it', 'npm run doctor names it'],
  ['the lifeline gas', 'the lifeline gas'],
])('in a source tree %j is told as %j', (said, called) => {
  expect([asCalled(said, false), asCalled(said, true)]).toEqual([called, said]);
});
