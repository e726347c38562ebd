import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, ServiceProcess } from '../../support/service-process.ts';

const TOOLS = join(import.meta.dirname, '../../../.ci/api-tools');
const isThere = existsSync(join(TOOLS, 'node_modules'));
if (!isThere) console.warn('SKIPPED: the tools of others: npm ci --ignore-scripts --prefix .ci/api-tools');

describe.skipIf(!isThere)('the documents of a running service, read as others read them', () => {
  const place = mkdtempSync(join(tmpdir(), 'lifeline-documents-'));
  const file = (name: string) => join(place, name);
  let service: ServiceProcess;
  beforeAll(async () => {
    service = await ServiceProcess.start(join(place, 'data'));
    for (const name of ['openapi.json', 'asyncapi.json'])
      writeFileSync(file(name), await (await fetch(`${service.url}/${name}`)).text());
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    rmSync(place, { recursive: true, force: true });
  });

  const lint = (openapi: string, asyncapi: string) => {
    const said = execFileSync(process.execPath, ['lint.mjs', openapi, asyncapi], {
      cwd: TOOLS,
      encoding: 'utf8',
    });
    return JSON.parse(said) as { openapi: string[]; asyncapi: string[] };
  };

  test('Redocly and AsyncAPI’s own parser find nothing to complain of', () => {
    const { openapi, asyncapi } = lint(file('openapi.json'), file('asyncapi.json'));
    expect(openapi).toEqual([]);
    // A newer version of AsyncAPI is a piece of news, not a complaint.
    expect(asyncapi.filter((s) => !s.startsWith('info '))).toEqual([]);
  }, 60_000);

  test('… and would find something', () => {
    const bad = file('bad.json');
    writeFileSync(bad, '{"openapi":"3.1.0","info":{"title":"x"},"paths":{}}');
    writeFileSync(file('bad-async.json'), '{"asyncapi":"3.0.0","info":{"title":"x"}}');
    const said = lint(bad, file('bad-async.json'));
    expect(said.openapi.length).toBeGreaterThan(0);
    expect(said.asyncapi.filter((s) => !s.startsWith('info ')).length).toBeGreaterThan(0);
  }, 60_000);

  test('a client made from them is held to its types, logs in, sends, sees the alarm and acknowledges it', () => {
    mkdirSync(join(TOOLS, 'made'), { recursive: true });
    const tool = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: TOOLS, encoding: 'utf8' });
      expect(`${status} ${status === 0 ? '' : stdout + stderr}`).toBe('0 ');
      return stdout;
    };
    tool('node_modules/openapi-typescript/bin/cli.js', file('openapi.json'), '-o', 'made/openapi.d.ts');
    tool('node_modules/typescript/bin/tsc', '-p', '.');
    expect(JSON.parse(tool('client.mts', service.url, PASSWORD))).toEqual({
      entered: 200,
      kept: 202,
      level: 1,
      acknowledgedBy: '系统管理员',
      refused: 'invalid',
    });
  }, 240_000);
});
