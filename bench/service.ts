import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, startChild } from './child.ts';

export const ADMIN = { account: 'admin', password: 'bench-Only-on-loopback-1' } as const;

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The real service, as `npm start` runs it, with rules and history on, on free loopback ports. */
export async function startService(
  dataDir: string | null,
  name = 'service',
  more: Readonly<Record<string, string>> = {},
): Promise<Child> {
  const data = dataDir ?? (await mkdtemp(join(tmpdir(), 'lifeline-bench-')));
  const child = await startChild(name, MAIN, {
    LIFELINE_DATA_DIR: data,
    LIFELINE_HTTP_HOST: '127.0.0.1',
    LIFELINE_HTTP_PORT: '0',
    LIFELINE_MQTT_HOST: '127.0.0.1',
    LIFELINE_MQTT_PORT: '0',
    LIFELINE_MQTT_ANONYMOUS: 'true',
    LIFELINE_AUTO_REGISTER: 'true',
    LIFELINE_ADMIN_PASSWORD: ADMIN.password,
    ...more,
  });
  return {
    ...child,
    stop: async () => {
      await child.stop();
      if (dataDir === null) await rm(data, { recursive: true, force: true });
    },
  };
}

/** Counters of the service whose name starts with one of these, summed over their labels. */
export async function counters(
  service: Child,
  names: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  if (service.http === null) return {};
  const text = await (await fetch(new URL('/metrics', service.http))).text();
  const sums: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-z0-9_]+)(?:\{[^}]*\})? (\S+)$/i.exec(line) ?? [];
    const wanted = names.find((n) => name?.endsWith(n));
    if (wanted !== undefined) sums[wanted] = (sums[wanted] ?? 0) + Number(value);
  }
  return sums;
}
