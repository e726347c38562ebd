import { wallNow } from '../../../adapters/clock/index.ts';
import { type Access, dialectOf } from '../../../adapters/history-influx/index.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';

const WITHIN = 5_000;
const CLOCKS_MAY_DIFFER = 5_000;

/** Reached, of the version that the configuration says, lets us in, and has the same time. Writes nothing. */
export async function checkInflux(url: string, access: Access): Promise<readonly Finding[]> {
  const dialect = dialectOf(access);
  const ask = (path: string) =>
    fetch(new URL(path, url), {
      headers: dialect.authorization === null ? {} : { authorization: dialect.authorization },
      signal: AbortSignal.timeout(WITHIN),
    });
  let ping: Response;
  try {
    ping = await ask('/ping');
    await ping.arrayBuffer();
  } catch (cause) {
    return [
      bad(
        'InfluxDB',
        `${url} does not answer (${reason(cause)}): readings wait in the spool until it does; start it, or set LIFELINE_INFLUX_URL`,
      ),
    ];
  }
  const version = ping.headers.get('x-influxdb-version') ?? '';
  const major = /^v?(\d+)\./.exec(version)?.[1];
  if (major !== undefined && major !== access.version)
    return [bad('InfluxDB', `${url} is InfluxDB ${version}: set LIFELINE_INFLUX_VERSION=${major}`)];
  const reached = `${url}, InfluxDB ${version || access.version}`;
  const { status } = await ask(`${dialect.queryPath}&q=${encodeURIComponent('SHOW MEASUREMENTS LIMIT 1')}`);
  return [standing(reached, status, access), clocks(ping.headers.get('date'))];
}

function standing(reached: string, status: number, { version, bucket }: Access): Finding {
  if (status === 401 || status === 403)
    return bad(
      'InfluxDB',
      `${reached}: it does not let us in (${status}): see to LIFELINE_INFLUX_TOKEN, and that it may read and write "${bucket}"`,
    );
  if (status === 404)
    return version === '2'
      ? bad('InfluxDB', `${reached}: there is no bucket "${bucket}": make it, or set LIFELINE_INFLUX_BUCKET`)
      : ok('InfluxDB', `${reached}: "${bucket}" is not there yet; the service makes it`);
  if (status >= 300) return warn('InfluxDB', `${reached}: it answers a question with ${status}`);
  return ok('InfluxDB', `${reached}: lets us in to "${bucket}"`);
}

/** Another clock on the same network: as near to a check of NTP as one comes without the internet. */
function clocks(date: string | null): Finding {
  if (date === null) return ok('clock of InfluxDB', 'it does not tell its time');
  const apart = wallNow() - Date.parse(date);
  const says = `${(Math.abs(apart) / 1_000).toFixed(0)} s from ours`;
  return Math.abs(apart) <= CLOCKS_MAY_DIFFER
    ? ok('clock of InfluxDB', says)
    : warn('clock of InfluxDB', `${says}: one of the two is wrong; let NTP keep both`);
}

function reason(cause: unknown): string {
  const e = cause as Error & { cause?: { code?: string } };
  return e.cause?.code ?? e.name;
}
