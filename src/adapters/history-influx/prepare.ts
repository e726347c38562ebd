import { type Duration, days } from '../../domain/time.ts';
import type { LogFields } from '../../flow/ports/log.ts';
import type { Dialect } from './dialect.ts';
import type { StoreHttp } from './http.ts';
import { column, type InfluxQl, ident } from './influxql.ts';
import { StoreTrouble } from './trouble.ts';

export type PreparedBatch = {
  /** How long the store itself keeps what it is given; null: for ever, or not known. */
  readonly keeps: Duration | null;
};

type Given = {
  readonly http: StoreHttp;
  readonly ql: InfluxQl;
  readonly dialect: Dialect;
  readonly keepDays: number;
  readonly within: Duration;
  /** What a person should know, and may mend later: the store works all the same. */
  readonly onTrouble: (msg: string, fields: LogFields) => void;
};

/**
 * Asks the store who it is, and sees to the place where readings go: made where we may (1.x), or looked up (2.x).
 *
 * @throws StoreTrouble with a sentence that says what would be right
 */
export async function prepare(given: Given): Promise<PreparedBatch> {
  await checkVersion(given);
  const { keeps } = await placeOf(given);
  if (keeps !== null && keeps < days(given.keepDays)) {
    given.onTrouble(
      'the store keeps readings for a shorter time than LIFELINE_KEEP_DAYS says; it refuses older ones',
      {
        storeKeepsDays: keeps / days(1),
        keepDays: given.keepDays,
      },
    );
  }
  return { keeps };
}

function placeOf(given: Given): Promise<PreparedBatch> {
  switch (given.dialect.version) {
    case '1':
      return databaseOf1(given);
    case '2':
      return bucketOf2(given);
    case '3':
      return databaseOf3(given);
  }
}

/**
 * Made before it is asked anything: 3 answers 404 to a question to a database that is not there, so that the mark could
 * not be read and the first write, which would make it, never came. Core takes its retention now or never.
 */
async function databaseOf3({ http, dialect, keepDays, within }: Given): Promise<PreparedBatch> {
  const made = await http.ask('/api/v3/configure/database', {
    method: 'POST',
    json: { db: dialect.bucket, retention_period: `${keepDays}d` },
    within,
    // 409: it is there. A token that may not make databases, and a 3 before the retention came, leave it as it is.
    statuses: [400, 401, 403, 404, 405, 409, 422],
  });
  return { keeps: made.status < 300 ? days(keepDays) : null };
}

async function checkVersion({ http, dialect, within }: Given): Promise<void> {
  const { headers, body } = await http.ask('/ping', { within });
  const said =
    String(headers['x-influxdb-version'] ?? '') || /"version"\s*:\s*"([^"]+)"/.exec(body)?.[1] || '';
  const major = /^v?(\d+)\./.exec(said)?.[1];
  if (major === undefined || major === dialect.version) return;
  throw new StoreTrouble(
    'other',
    `LIFELINE_INFLUX_VERSION is ${dialect.version}, but the server says that it is InfluxDB ${said}; set it to ${major}`,
  );
}

async function databaseOf1({ ql, dialect, keepDays, within }: Given): Promise<PreparedBatch> {
  const db = ident(dialect.bucket);
  const names = await ql.one('SHOW DATABASES', { within });
  const name = column(names, 'name');
  if (!names.values.some((row) => name(row) === dialect.bucket)) {
    try {
      await ql.tell(`CREATE DATABASE ${db} WITH DURATION ${keepDays}d NAME "lifeline"`, within);
    } catch (cause) {
      if (!(cause instanceof StoreTrouble) || cause.kind !== 'unauthorised') throw cause;
      throw new StoreTrouble(
        'unauthorised',
        `there is no database ${db} that this user may see, and they may not make one: an administrator runs CREATE DATABASE ${db} and GRANT ALL ON ${db}`,
        { cause },
      );
    }
  }
  const policies = await ql.one(`SHOW RETENTION POLICIES ON ${db}`, { within });
  const [isDefault, duration] = [column(policies, 'default'), column(policies, 'duration')];
  const policy = policies.values.find((row) => isDefault(row) === true);
  return { keeps: policy === undefined ? null : durationOf(String(duration(policy))) };
}

async function bucketOf2({ http, dialect, within }: Given): Promise<PreparedBatch> {
  const query = new URLSearchParams({ org: dialect.org, name: dialect.bucket });
  const { status, body } = await http.ask(`/api/v2/buckets?${query}`, { within, statuses: [403, 404] });
  const { buckets = [] } = JSON.parse(body || '{}') as {
    buckets?: { id: string; name: string; retentionRules?: { everySeconds?: number }[] }[];
  };
  const bucket = buckets.find((b) => b.name === dialect.bucket);
  if (bucket === undefined) {
    const why = status === 200 ? '' : ` (it answers ${status})`;
    throw new StoreTrouble(
      status === 403 ? 'unauthorised' : 'other',
      `the store shows this token no bucket "${dialect.bucket}" in the organisation "${dialect.org}"${why}: make it, or give the token leave to read and write it`,
    );
  }
  await mapOf2({ http, dialect, within }, bucket.id);
  const seconds = bucket.retentionRules?.[0]?.everySeconds ?? 0;
  return { keeps: seconds === 0 ? null : seconds * 1_000 };
}

/** InfluxQL finds a bucket by a mapping: 2.x makes one by itself, early 2.0 does not. */
async function mapOf2(
  { http, dialect, within }: Pick<Given, 'http' | 'dialect' | 'within'>,
  bucketID: string,
): Promise<void> {
  const query = new URLSearchParams({ org: dialect.org, bucketID });
  const { status, body } = await http.ask(`/api/v2/dbrps?${query}`, { within, statuses: [401, 403, 404] });
  const { content = [] } = JSON.parse(body || '{}') as { content?: { database: string }[] };
  if (status !== 200 || content.some((c) => c.database === dialect.bucket)) return;
  const mapping = {
    bucketID,
    org: dialect.org,
    database: dialect.bucket,
    retention_policy: 'autogen',
    default: true,
  };
  await http.ask('/api/v2/dbrps', {
    method: 'POST',
    json: mapping,
    within,
    statuses: [400, 401, 403, 404, 422],
  });
}

/** `168h0m0s`; `0s` is for ever. */
function durationOf(text: string): Duration | null {
  const [, h = '0', m = '0', s = '0'] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  const ms = Number(h) * 3_600_000 + Number(m) * 60_000 + Number(s) * 1_000;
  return ms === 0 ? null : ms;
}
