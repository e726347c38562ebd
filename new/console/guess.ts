/** What vendors call quantities that we have another name for. */
const CALLED: Readonly<Record<string, readonly string[]>> = {
  temp: ['temperature', 'tdata', 'wd', 'temp'],
  humidity: ['humi', 'hum', 'rh', 'sd'],
  level: ['liquidlevel', 'waterlevel', 'lvl', 'sw', 'yw', 'wf'],
  depth: ['waterdepth', 'dep'],
  airHeight: ['distance', 'dist'],
  pressure: ['press', 'yl', 'pa'],
  battery: ['bat', 'batt', 'vbat', 'power', 'soc', 'batterylevel', 'batterypercentage', 'dl'],
  rssi: ['signal', 'rsrp', 'csq'],
  flow: ['flowrate', 'll'],
};

/** The metric of ours that a name of theirs most likely means; `''`: none. */
export function guess(at: string, metrics: readonly string[]): string {
  const name = at.slice(at.lastIndexOf('/') + 1).toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const same = metrics.find((m) => m.toLowerCase() === name);
  return same ?? metrics.find((m) => CALLED[m]?.includes(name) === true) ?? '';
}
