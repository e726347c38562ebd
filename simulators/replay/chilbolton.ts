import type { Recording } from './recording.ts';

/** Methane's lower explosive limit is 5 %VOL: 10,000 ppmv = 1 %VOL = 20 %LEL. */
const LEL_PER_PPMV = 20 / 10_000;
const ZERO_CELSIUS = 273.15;

export const isChilbolton = (text: string): boolean =>
  text.startsWith('MIRICO') && text.includes('CH4vmr_ppmv');

/** One processed open-path record: 13 header lines, column names, then one line per instant. */
export function chilboltonRecording(text: string, fileName: string): Recording {
  const lines = text.split(/\r?\n/);
  const headAt = lines.findIndex((l) => l.includes('CH4vmr_ppmv'));
  const columns = (lines[headAt] ?? '').trim().split(/\s+/);
  const [time, temp, ch4] = ['Elapsedtime_sec', 'Temp_K', 'CH4vmr_ppmv'].map((c) => columns.indexOf(c));
  const rows = lines
    .slice(headAt + 1)
    .map((l) => l.trim().split(/\s+/).map(Number))
    .filter((r) => r.length === columns.length && r.every(Number.isFinite));
  if (time === undefined || temp === undefined || ch4 === undefined || rows.length === 0) {
    throw new Error(`${fileName}: no column of CH4vmr_ppmv with numbers below it`);
  }
  const device = `CHILBOLTON-${fileName.replace(/\.[^.]*$/, '').replace(/[^A-Za-z0-9_-]/g, '-')}`.slice(
    0,
    64,
  );
  return {
    device,
    name: device,
    lifeline: 'gas',
    readings: function* () {
      for (const row of rows) {
        yield {
          atMs: Math.round((row[time] as number) * 1000),
          values: {
            ch4: Math.round((row[ch4] as number) * LEL_PER_PPMV * 1e5) / 1e5,
            temp: Math.round(((row[temp] as number) - ZERO_CELSIUS) * 100) / 100,
          },
        };
      }
    },
  };
}
