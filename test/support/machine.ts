import { type ChildProcess, execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a server has that nothing was installed on: a shell, the usual small programs, and the C library. */
const PROGRAMS = (
  'sh bash tar gzip sha256sum sed grep cp mv ln ls rm mkdir chmod chown cat cut readlink dirname basename id stat env ' +
  'sleep true getent groupadd useradd find'
).split(' ');
/** What dpkg calls. */
export const DPKG =
  'dpkg dpkg-deb dpkg-split dpkg-query diff update-alternatives ldconfig start-stop-daemon'.split(' ');

/**
 * A machine within this one: a root directory that holds the C library and small programs and nothing else, and a
 * network of its own that is loopback alone.
 */
export class Machine {
  readonly root: string;
  readonly #net: ChildProcess;

  private constructor(root: string, net: ChildProcess) {
    this.root = root;
    this.#net = net;
  }

  /** Why there can be none here; null: there can. */
  static missing(): string | null {
    if (process.platform !== 'linux' || process.geteuid?.() !== 0) return 'it needs root on Linux';
    for (const program of ['unshare', 'nsenter', 'ip', 'ldd', 'chroot'])
      if (where(program) === null) return `${program} is not installed`;
    return spawnSync('unshare', ['-n', 'true']).status === 0
      ? null
      : 'network namespaces are not allowed here';
  }

  static async make(more: readonly string[] = []): Promise<Machine> {
    const root = mkdtempSync(join(tmpdir(), 'lifeline-machine-'));
    chmodSync(root, 0o755);
    for (const dir of [
      'dev',
      'etc',
      'proc',
      'tmp',
      'root',
      'var/lib',
      'usr/bin',
      'usr/sbin',
      'usr/lib',
      'usr/lib64',
    ])
      mkdirSync(join(root, dir), { recursive: true });
    for (const dir of ['bin', 'sbin', 'lib', 'lib64'])
      execFileSync('ln', ['-s', `usr/${dir}`, join(root, dir)]);
    for (const program of [...PROGRAMS, ...more]) bringProgram(root, program);
    for (const library of ['libstdc++.so.6', 'libgcc_s.so.1', 'libdl.so.2', 'libpthread.so.0', 'libm.so.6'])
      bring(root, libraryFile(library));
    writeFileSync(
      join(root, 'etc/passwd'),
      'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n',
    );
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
    writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost\n');
    for (const dev of ['null', 'zero', 'random', 'urandom']) {
      writeFileSync(join(root, 'dev', dev), '');
      execFileSync('mount', ['--bind', `/dev/${dev}`, join(root, 'dev', dev)]);
    }
    execFileSync('mount', ['-t', 'proc', 'proc', join(root, 'proc')]);
    const net = spawn('unshare', ['-n', 'sh', '-c', 'ip link set lo up && echo up && exec sleep 3600'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => net.stdout?.once('data', resolve));
    return new Machine(root, net);
  }

  /** A file of ours into it. @returns its path there */
  give(file: string, to: string): string {
    mkdirSync(dirname(join(this.root, to)), { recursive: true });
    cpSync(file, join(this.root, to), { recursive: true });
    return to;
  }

  /** Runs a line of shell on it. */
  run(line: string): SpawnSyncReturns<string> {
    return spawnSync(
      'nsenter',
      [
        '-t',
        String(this.#net.pid),
        '-n',
        'chroot',
        this.root,
        '/usr/bin/env',
        '-i',
        'PATH=/usr/sbin:/usr/bin:/usr/local/bin',
        'LANG=C.UTF-8',
        'sh',
        '-c',
        line,
      ],
      { encoding: 'utf8', timeout: 120_000 },
    );
  }

  /** Runs a program of ours in its network: what stands beside it on the same cable. */
  beside(program: string, args: readonly string[]): SpawnSyncReturns<string> {
    return spawnSync('nsenter', ['-t', String(this.#net.pid), '-n', program, ...args], { encoding: 'utf8' });
  }

  /** A program that is `program` in its network, to be started by somebody else. */
  wrapped(program: string): string {
    const file = join(this.root, 'tmp/wrapped');
    writeFileSync(file, `#!/bin/sh\nexec nsenter -t ${this.#net.pid} -n '${program}' "$@"\n`, {
      mode: 0o755,
    });
    return file;
  }

  /** Ends what runs on it, and takes it away. */
  end(): void {
    const root = realpathSync(this.root);
    for (const pid of execFileSync('ls', ['/proc'], { encoding: 'utf8' })
      .split('\n')
      .filter((n) => /^\d+$/.test(n))) {
      try {
        if (realpathSync(`/proc/${pid}/root`) === root) process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
    this.#net.kill('SIGKILL');
    for (const at of ['proc', 'dev/null', 'dev/zero', 'dev/random', 'dev/urandom'])
      spawnSync('umount', ['-l', join(this.root, at)]);
    rmSync(this.root, { recursive: true, force: true });
  }
}

function where(program: string): string | null {
  for (const dir of ['/usr/bin', '/usr/sbin', '/bin', '/sbin'])
    if (existsSync(join(dir, program))) return join(dir, program);
  return null;
}

function bringProgram(root: string, program: string): void {
  const file = where(program);
  if (file === null) throw new Error(`${program} is not on this machine`);
  bring(root, file, `/usr/bin/${program}`);
  for (const [, library = ''] of spawnSync('ldd', [file], { encoding: 'utf8' }).stdout.matchAll(
    /(\/\S+) \(0x/g,
  ))
    bring(root, library);
}

function libraryFile(name: string): string {
  const line = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' })
    .split('\n')
    .find((l) => l.includes(`${name} `));
  return line?.split('=> ')[1] ?? `/lib/${name}`;
}

function bring(root: string, file: string, as = file): void {
  const to = join(root, as);
  if (existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(realpathSync(file), to);
}
