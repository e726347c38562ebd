import { existsSync, readFileSync } from 'node:fs';
import { type Finding, ok, warn } from '../finding.ts';

export type MachineSeen = {
  /** Of the running process; `null` where it is another C library. */
  readonly glibc: string | null;
  /** Bytes; `null` where the system does not tell. */
  readonly pageSize: number | null;
  /** Connections that may wait to be taken, all listeners of the machine. */
  readonly somaxconn: number | null;
};

/** What the binaries in a release were built against. */
const GLIBC_AT_LEAST = [2, 28] as const;
/** After a power cut a district's devices come back within seconds, and each waits here until it is taken. */
const WAITING_AT_LEAST = 1_024;

export function machineSeen(): MachineSeen {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const text = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const number = (found: string | undefined) => (found === undefined ? null : Number(found));
  const pages = /^KernelPageSize:\s+(\d+) kB/m.exec(text('/proc/self/smaps'))?.[1];
  const waiting = /^\d+/.exec(text('/proc/sys/net/core/somaxconn'))?.[0];
  return {
    glibc: header.glibcVersionRuntime ?? null,
    pageSize: pages === undefined ? null : Number(pages) * 1_024,
    somaxconn: number(waiting),
  };
}

/** What this machine must be for a release to run on it, and for all devices to come back at once. */
export function checkMachine({ glibc, pageSize, somaxconn }: MachineSeen): readonly Finding[] {
  const findings: Finding[] = [];
  const pages = pageSize === null ? '' : `, pages of ${pageSize / 1_024} KiB`;
  const [major = 0, minor = 0] = (glibc ?? '').split('.').map(Number);
  if (glibc === null)
    findings.push(
      warn('machine', `its C library is not glibc${pages}: releases are built for glibc 2.28 and later`),
    );
  else if (major < GLIBC_AT_LEAST[0] || (major === GLIBC_AT_LEAST[0] && minor < GLIBC_AT_LEAST[1]))
    findings.push(warn('machine', `glibc ${glibc}${pages}: releases are built for glibc 2.28 and later`));
  else findings.push(ok('machine', `glibc ${glibc}${pages}`));
  if (somaxconn !== null && somaxconn < WAITING_AT_LEAST)
    findings.push(
      warn(
        'kernel limits',
        `net.core.somaxconn is ${somaxconn}: when many devices come back at once some are turned away; sysctl -w net.core.somaxconn=4096, and a line in /etc/sysctl.d to keep it`,
      ),
    );
  else findings.push(ok('kernel limits', `net.core.somaxconn ${somaxconn ?? 'is not told'}`));
  return findings;
}
