import type { Config } from './read.ts';

/** The keys of InfluxDB as its adapter asks for them; they were checked when they were read. */
export function influxAccess(config: Config) {
  return {
    url: config.LIFELINE_INFLUX_URL ?? '',
    version: config.LIFELINE_INFLUX_VERSION,
    token: config.LIFELINE_INFLUX_TOKEN ?? null,
    org: config.LIFELINE_INFLUX_ORG ?? null,
    bucket: config.LIFELINE_INFLUX_BUCKET ?? '',
  };
}
