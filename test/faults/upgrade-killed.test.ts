import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROCESS_ENV } from '../support/process-env.ts';

const ROOT = join(import.meta.dirname, '../..');
/** `UPGRADE_KILLS=10`, all of them, where the switch was changed; each takes an upgrade and a start. */
const KILLS = Number(process.env.UPGRADE_KILLS ?? 6);
const place = mkdtempSync(join(tmpdir(), 'lifeline-upgrades-'));
const home = join(place, 'home');
const made = join(place, 'made');
const file = (version: string) => join(made, `lifeline-watch-${version}-linux-${process.arch}.tar.gz`);
const unpacked = (version: string) => join(made, `lifeline-watch-${version}-linux-${process.arch}`);

const run = (...args: string[]) =>
  spawnSync(join(home, 'bin/lifeline'), args, { env: PROCESS_ENV, encoding: 'utf8', timeout: 120_000 });
function must(...args: string[]): string {
  const { status, stdout, stderr } = run(...args);
  expect(`${args.join(' ')}: ${status} ${status === 0 ? '' : stdout + stderr}`).toBe(`${args.join(' ')}: 0 `);
  return stdout;
}

const sh = (line: string) => execFileSync('bash', ['-c', line], { encoding: 'utf8' });

/** Another version made of the first one: its number, and what `change` does to it; its sums are right. */
function remake(version: string, change: (tree: string) => void = () => undefined): string {
  const tree = unpacked(version);
  rmSync(tree, { recursive: true, force: true });
  sh(`cp -al '${unpacked('1.0.0')}' '${tree}'`);
  const rewrite = (path: string, text: string) => {
    rmSync(join(tree, path));
    writeFileSync(join(tree, path), text);
  };
  for (const path of ['package.json', 'release.json'])
    rewrite(
      path,
      readFileSync(join(tree, path), 'utf8').replace('"version": "1.0.0"', `"version": "${version}"`),
    );
  change(tree);
  // What was written anew is nobody else's file; all others are those of the first one, and so are their sums.
  sh(
    `cd '${tree}' && find . -type f -links 1 ! -name SHA256SUMS -printf '%P\\n' > '${place}/changed' && ` +
      `{ awk 'NR == FNR { changed[$0]; next } !(substr($0, 67) in changed)' '${place}/changed' SHA256SUMS; ` +
      `xargs -d '\\n' sha256sum < '${place}/changed'; } | LC_ALL=C sort -k 2 > '${place}/sums' && ` +
      `rm SHA256SUMS && mv '${place}/sums' SHA256SUMS`,
  );
  return tree;
}

/** Puts it beside the versions there are, as unpacking does. */
const laid = (tree: string, version: string) => sh(`cp -al '${tree}' '${home}/releases/${version}'`);

function edit(tree: string, path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(join(tree, path), 'utf8');
  const changed = text.replace(from, to);
  expect(changed, path).not.toBe(text);
  rmSync(join(tree, path));
  writeFileSync(join(tree, path), changed);
}

/** A later form of the accounts, as a version to come may bring. */
const newForm = (tree: string) => {
  // The service runs from one file, commands from their own.
  for (const path of ['src/main.js', 'src/adapters/accounts/sqlite-store.js'])
    edit(
      tree,
      path,
      /(ACCOUNT_STEPS\s*= \[[\s\S]*?)\];/,
      "$1, 'ALTER TABLE accounts ADD COLUMN later TEXT'];",
    );
};
const neverReady = (tree: string) =>
  edit(
    tree,
    'src/main.js',
    /^process\.umask\([^)]*\);/m,
    "process.stderr.write('broken on purpose\\n');\nprocess.exit(3);",
  );

const addresses = () => /http:\/\/127\.0\.0\.1:(\d+) {2}mqtt 127\.0\.0\.1:(\d+)/.exec(must('status')) ?? [];
const inUse = () => must('status').split(' ')[0];

/** Turns in the journal: every packet that was acknowledged is one of them. */
const packets = new Set<string>();
async function keep(device: string): Promise<void> {
  const [, , port] = addresses();
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  await client.publishAsync(`lifeline/v1/gas/${device}/telemetry`, '{"values":{"ch4":60}}', { qos: 1 });
  await client.endAsync();
  packets.add(device);
}

/** Every device whose packet was acknowledged has its alarm. */
async function nothingIsLost(): Promise<void> {
  const [, port] = addresses();
  const ask = async (path: string, headers: Record<string, string>) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, { headers });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { items: { point: { code: string } }[] };
  };
  const entered = await fetch(`http://127.0.0.1:${port}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account: 'admin', password: 'Korrekt-Pferd-9' }),
  });
  const { token } = (await entered.json()) as { token: string };
  const { items } = await ask('/alarms?state=all&limit=200', { authorization: `Bearer ${token}` });
  const seen = JSON.stringify(items);
  expect([...packets].filter((code) => !seen.includes(code))).toEqual([]);
}

describe('an upgrade of an installed service', () => {
  beforeAll(() => {
    execFileSync(
      process.execPath,
      [
        ...['scripts/release.ts', '--arch', process.arch, '--only', 'tar', '--level', '1'],
        ...['--version', '1.0.0', '--out', made],
      ],
      { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    sh(`tar -xzf '${file('1.0.0')}' -C '${made}'`);
    sh(`'${unpacked('1.0.0')}/install.sh' --prefix '${home}'`);
    sh(`cat >> '${home}/etc/lifeline.conf' <<X
LIFELINE_HTTP_PORT=0
LIFELINE_MQTT_PORT=0
LIFELINE_MQTT_ANONYMOUS=true
LIFELINE_AUTO_REGISTER=true
LIFELINE_ADMIN_PASSWORD=Korrekt-Pferd-9
X`);
    must('start');
  }, 180_000);
  afterAll(() => {
    run('stop');
    rmSync(place, { recursive: true, force: true });
  });

  test('of a file that is damaged, or of another kind, changes nothing', () => {
    const bytes = readFileSync(file('1.0.0'));
    const bad = join(place, `lifeline-watch-9.0.0-linux-${process.arch}.tar.gz`);
    writeFileSync(bad, bytes.subarray(0, bytes.length / 2));
    expect(run('upgrade', bad)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/cannot be unpacked/),
    });
    cpSync(file('1.0.0'), join(place, 'x.tar.gz'));
    writeFileSync(join(place, 'SHA256SUMS'), `${'0'.repeat(64)}  x.tar.gz\n`);
    expect(run('upgrade', join(place, 'x.tar.gz')).stderr).toMatch(/differs from .*SHA256SUMS/);
    const tree = remake('1.5.0');
    edit(tree, 'src/lifeline.js', 'The one program', 'Another program');
    sh(`cd '${made}' && tar -I 'gzip -1' -cf '${place}/tampered.tar.gz' '${tree.slice(made.length + 1)}'`);
    expect(run('upgrade', join(place, 'tampered.tar.gz')).stderr).toMatch(
      /src\/lifeline\.js in it is missing or differs/,
    );
    expect(inUse()).toBe('1.0.0');
    expect(readdirSync(join(home, 'releases'))).toEqual(['1.0.0']);
  }, 120_000);

  test('to a version that does not become ready goes back by itself, its new form of the data with it', async () => {
    await keep('GAS-BACK');
    laid(
      remake('1.1.0', (tree) => {
        newForm(tree);
        neverReady(tree);
      }),
      '1.1.0',
    );
    const { status, stderr } = run('upgrade', '--to', '1.1.0');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /accounts\.db: \d+ → \d+[\s\S]*going back to 1\.0\.0[\s\S]*bringing back [\s\S]*it has ended by itself[\s\S]*nothing is lost/,
    );
    expect(inUse()).toBe('1.0.0');
    await nothingIsLost();
  }, 180_000);

  test('to a new form of the data is rolled back with its backup only, and says so', async () => {
    laid(remake('1.2.0', newForm), '1.2.0');
    expect(must('upgrade', '--to', '1.2.0')).toBe('1.2.0\n');
    await nothingIsLost();
    expect(run('rollback')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/--with-backup brings back/),
    });
    // A data directory that was restored once is backed up like any other.
    expect(must('rollback', '--with-backup')).toBe('1.0.0\n');
    expect(inUse()).toBe('1.0.0');
    await nothingIsLost();
    // What came after the upgrade stays aside, for whoever needs it.
    expect(existsSync(join(home, 'data.of-1.2.0'))).toBe(true);
  }, 180_000);

  test('under way is left alone by a start, and by a second one', async () => {
    laid(remake('1.3.0'), '1.3.0');
    const upgrade = spawn(join(home, 'bin/lifeline'), ['upgrade', '--to', '1.3.0'], {
      env: PROCESS_ENV,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const gone = once(upgrade, 'exit');
    await new Promise<void>((resolve) => {
      let said = '';
      upgrade.stderr?.on('data', (d) => {
        said += d;
        if (/starting/.test(said)) resolve();
      });
      void gone.then(() => resolve());
    });
    // As the unit does before each start.
    expect(run('upgrade', '--settle')).toMatchObject({ status: 0, stderr: '' });
    expect(run('upgrade', '--to', '1.2.0')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/under way/),
    });
    expect(await gone).toEqual([0, null]);
    expect(inUse()).toBe('1.3.0');
    expect(must('rollback')).toBe('1.0.0\n');
  }, 120_000);

  test(`killed with -9 at ${KILLS} moments leaves the old version or the new one, with all data`, async () => {
    laid(remake('2.0.0'), '2.0.0');
    const moments: readonly (readonly [line: RegExp, after: number])[] = [
      [/./, 0],
      [/backup/, 0],
      [/stopping/, 0],
      [/→/, 0],
      [/starting/, 0],
      [/ready/, 0],
      [/./, 300],
      [/backup/, 250],
      [/stopping/, 100],
      [/starting/, 500],
    ];
    const left: string[] = [];
    for (const [n, [line, after]] of moments.slice(0, KILLS).entries()) {
      await keep(`GAS-${n}`);
      const to = inUse() === '1.0.0' ? '2.0.0' : '1.0.0';
      // A group of its own, so that what it has called dies with it; the service that it starts is none of them.
      const upgrade = spawn(join(home, 'bin/lifeline'), ['upgrade', '--to', to], {
        env: PROCESS_ENV,
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const gone = once(upgrade, 'exit');
      let said = '';
      const met = new Promise<void>((resolve) => {
        upgrade.stderr?.on('data', (d) => {
          said += d;
          if (line.test(said)) resolve();
        });
        void gone.then(() => resolve());
        if (line.source === '.') setTimeout(resolve, 200);
      });
      await met;
      await new Promise((resolve) => setTimeout(resolve, after));
      try {
        process.kill(-(upgrade.pid as number), 'SIGKILL');
      } catch {
        // It had ended.
      }
      await gone;
      must('start');
      left.push(inUse() ?? '');
      await nothingIsLost();
    }
    expect(
      left.every((v) => v === '1.0.0' || v === '2.0.0'),
      left.join(' '),
    ).toBe(true);
    // Both were met: some moments lie before the link is changed, some behind it.
    expect(new Set(left).size).toBe(2);
    expect(existsSync(join(home, 'upgrade.json'))).toBe(false);
  }, 300_000);

  test('killed between ready and its last word is written down by the next start, and can be rolled back', async () => {
    const from = inUse();
    const to = from === '1.0.0' ? '2.0.0' : '1.0.0';
    expect(must('upgrade', '--to', to)).toBe(`${to}\n`);
    // Exactly what such a kill leaves.
    renameSync(join(home, 'last-upgrade.json'), join(home, 'upgrade.json'));
    must('start');
    expect(existsSync(join(home, 'upgrade.json'))).toBe(false);
    expect(must('rollback')).toBe(`${from}\n`);
    await nothingIsLost();
  }, 120_000);
});
