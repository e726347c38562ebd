import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';

const DEBIAN = '/usr/lib/postgresql';

/** Newest version that is installed as Debian does it; null: none is. */
function binaries(): string | null {
  if (!existsSync(DEBIAN)) return null;
  const versions = readdirSync(DEBIAN).filter((v) => existsSync(join(DEBIAN, v, 'bin/initdb')));
  const newest = versions.sort((a, b) => Number(a) - Number(b)).at(-1);
  return newest === undefined ? null : join(DEBIAN, newest, 'bin');
}

/** Whether this machine has PostgreSQL; tests that need it say so when it has not. */
export const hasPostgres = (): boolean => binaries() !== null;

export type PostgresSettings = Readonly<Record<string, string | number>>;

/** A real cluster of its own: loopback and a private socket, a free port, a directory that goes with it. */
export class PostgresServer {
  readonly #bin: string;
  readonly #dir: string;
  readonly #settings: PostgresSettings;
  readonly port: number;
  #child: ChildProcess | null = null;
  #databases = 0;

  private constructor(bin: string, dir: string, given: { settings: PostgresSettings; port: number }) {
    this.#bin = bin;
    this.#dir = dir;
    this.#settings = given.settings;
    this.port = given.port;
  }

  /**
   * @param settings as in postgresql.conf, e.g. `{ fsync: 'off' }`; `encoding` of its databases, UTF8 if left out; `onDisk`: for whoever
   *   measures
   */
  static async start({
    settings = {},
    encoding = 'UTF8',
    onDisk = false,
  }: {
    readonly settings?: PostgresSettings;
    readonly encoding?: string;
    readonly onDisk?: boolean;
  } = {}): Promise<PostgresServer> {
    const bin = binaries();
    if (bin === null) throw new Error(`there is no PostgreSQL below ${DEBIAN}`);
    const dir = newDir(onDisk ? '/tmp' : place());
    const init = ['-D', join(dir, 'd'), '-U', 'postgres', '-A', 'trust', '-E', encoding, '--locale=C', '-N'];
    run([join(bin, 'initdb'), ...init]);
    const made = new PostgresServer(bin, dir, { settings, port: await freePort() });
    await made.again();
    return made;
  }

  /** A standby of it that has what it has, and follows it; asynchronous until `waitsFor`. */
  async follower(): Promise<PostgresServer> {
    const dir = newDir(place());
    const from = `host=127.0.0.1 port=${this.port} user=postgres application_name=follower`;
    run([join(this.#bin, 'pg_basebackup'), '-D', join(dir, 'd'), '-R', '-N', '-c', 'fast', '-d', from]);
    const made = new PostgresServer(this.#bin, dir, { settings: this.#settings, port: await freePort() });
    await made.again();
    return made;
  }

  /** From now on a commit waits until one follower has it on its disk, or does not. */
  async waitsFor(followers: boolean): Promise<void> {
    await this.ask(`ALTER SYSTEM SET synchronous_standby_names = '${followers ? 'ANY 1 (*)' : ''}'`);
    await this.ask('SELECT pg_reload_conf()');
  }

  /** Of one of its databases, over the private socket. */
  url(database = 'postgres'): string {
    return `postgres://postgres@/${database}?host=${join(this.#dir, 's')}&port=${this.port}`;
  }

  /** Over loopback, or over what stands between on another port. */
  tcpUrl(database = 'postgres', port = this.port): string {
    return `postgres://postgres@127.0.0.1:${port}/${database}`;
  }

  /** @param like one that nobody is connected to: a copy of it; left out, an empty one. @returns its name */
  async newDatabase(like = 'template0'): Promise<string> {
    const name = `db${++this.#databases}`;
    // Not through the write-ahead log: the template is small, and its copy is flushed with a checkpoint otherwise.
    await this.ask(`CREATE DATABASE ${name} TEMPLATE ${like}`);
    return name;
  }

  /** One statement on a connection of its own, as the superuser. */
  async ask<R = Record<string, unknown>>(text: string, database = 'postgres'): Promise<R[]> {
    const client = new pg.Client(this.url(database));
    await client.connect();
    try {
      const answered: pg.QueryResult | pg.QueryResult[] = await client.query(text);
      return ((Array.isArray(answered) ? answered.at(-1) : answered)?.rows ?? []) as R[];
    } finally {
      await client.end();
    }
  }

  /** A transaction of somebody else that has done one statement, and stays open. */
  async hold(text: string, database: string): Promise<{ letGo(): Promise<void> }> {
    const client = new pg.Client(this.url(database));
    await client.connect();
    await client.query('BEGIN');
    await client.query(text);
    return { letGo: () => client.end() };
  }

  /** Starts it where it was, with what it had. */
  async again(more: PostgresSettings = {}): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.port,
      unix_socket_directories: join(this.#dir, 's'),
      // A small machine shared with others.
      shared_buffers: '16MB',
      max_connections: 40,
      jit: 'off',
      ...this.#settings,
      ...more,
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const [command, ...args] = asPostgres([
      join(this.#bin, 'postgres'),
      '-D',
      join(this.#dir, 'd'),
      ...options,
    ]);
    const child = spawn(String(command), args, { cwd: this.#dir, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.stderr?.on('data', (bytes) => {
        said = (said + String(bytes)).slice(-8_000);
        if (said.includes('ready to accept')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${said}`)));
      child.once('error', reject);
    });
  }

  /** kill -9 of all its processes, as a power cut would, but for what the system has in hand. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    const all = [child.pid, ...childrenOf(child.pid)];
    const ended = new Promise((resolve) => child.once('exit', resolve));
    for (const pid of all) killed(pid);
    await ended;
    // The next start refuses while one of them still has the shared memory.
    while (all.some((pid) => existsSync(`/proc/${pid}`))) await new Promise((r) => setTimeout(r, 5));
    this.#child = null;
  }

  async restart(more: PostgresSettings = {}): Promise<void> {
    await this.#end();
    await this.again(more);
  }

  /** Ends it and clears its directory away: to flush all its files in order first would take longer than most tests. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** SIGINT: connections are cut, and it ends in order. */
  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
  }
}

/**
 * In memory where there is enough of it: databases are made and thrown away here, thousands of files, and each is flushed. Otherwise the
 * system's own, whatever TMPDIR says: another user must get there, and a socket's path is short.
 */
function place(): string {
  if (!existsSync('/dev/shm')) return '/tmp';
  const memory = statfsSync('/dev/shm');
  return memory.bavail * memory.bsize > ENOUGH ? '/dev/shm' : '/tmp';
}
const ENOUGH = 2 * 1024 ** 3;

/** Its own, with a place for its socket. */
function newDir(within: string): string {
  const dir = mkdtempSync(join(within, 'pg-'));
  mkdirSync(join(dir, 's'));
  if (isRoot()) for (const d of [dir, join(dir, 's')]) chownSync(d, ...postgresUser());
  return dir;
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** The server refuses to run as root. */
const asPostgres = (command: readonly string[]): readonly string[] =>
  isRoot()
    ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--pdeathsig=SIGINT', ...command]
    : command;

function run(command: readonly string[]): void {
  const [file, ...args] = asPostgres(command);
  execFileSync(String(file), args, { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
}

function postgresUser(): [uid: number, gid: number] {
  const id = (what: string) => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }));
  return [id('-u'), id('-g')];
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It had gone by itself.
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
