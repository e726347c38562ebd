import { Sensor } from './sensor.ts';

export type Sample = { readonly ts: number; readonly value: 0 | 1 };

/**
 * Manhole sensors that report a flag at a steady pace and are opened for a few samples now and then. Every
 * sample has an instant of its own; what is not acknowledged is kept and sent again.
 */
export class Fleet {
  readonly devices: { readonly code: string; readonly sensor: Sensor; readonly sent: Sample[] }[];
  readonly #openEvery: number;
  #timer: NodeJS.Timeout | null = null;
  #sentTotal = 0;

  /** @param openEvery samples between two openings; each lasts three samples */
  constructor(n: number, port: () => number, openEvery: number, prefix: string) {
    this.#openEvery = openEvery;
    this.devices = Array.from({ length: n }, (_, i) => {
      const code = `${prefix}-${String(i).padStart(3, '0')}`;
      return { code, sensor: new Sensor(code, port), sent: [] };
    });
  }

  get sentTotal(): number {
    return this.#sentTotal;
  }

  get ackedTotal(): number {
    return this.devices.reduce((n, d) => n + d.sensor.acked.length, 0);
  }

  /** For how long the oldest sample has waited for its acknowledgement, in milliseconds; what waits too long is backfill. */
  get longestWait(): number {
    const now = Date.now();
    return Math.max(...this.devices.map((d) => now - (d.sent[d.sensor.acked.length]?.ts ?? now)));
  }

  /** @param perSecond over all devices; a device with `backlogAtMost` unacknowledged samples pauses */
  run(perSecond: number, backlogAtMost: number): void {
    const beat = 10;
    let owed = 0;
    let next = 0;
    this.#timer = setInterval(() => {
      owed += (perSecond * beat) / 1_000;
      for (; owed >= 1; owed--) {
        const device = this.devices[next++ % this.devices.length];
        if (device !== undefined && device.sensor.backlog < backlogAtMost) this.#sample(device);
      }
    }, beat);
  }

  pause(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Ends every excursion with a normal sample and waits until all is acknowledged. */
  async finish(): Promise<void> {
    this.pause();
    for (const d of this.devices) this.#publish(d, 0);
    await Promise.all(this.devices.map((d) => d.sensor.settled()));
  }

  /** One sample of the device in this place, whatever the pace. */
  sample(place: number): void {
    const device = this.devices[place];
    if (device !== undefined) this.#sample(device);
  }

  close(): void {
    this.pause();
    for (const d of this.devices) d.sensor.close();
  }

  #sample(device: Fleet['devices'][number]): void {
    const phase = device.sent.length % this.#openEvery;
    this.#publish(device, phase >= this.#openEvery - 3 ? 1 : 0);
  }

  #publish(device: Fleet['devices'][number], value: 0 | 1): void {
    const ts = Math.max(Date.now(), (device.sent.at(-1)?.ts ?? 0) + 1);
    const sample = { ts, value } as const;
    device.sent.push(sample);
    this.#sentTotal++;
    device.sensor.publish(
      `lifeline/v1/manhole/${device.code}/telemetry`,
      JSON.stringify({ ts, values: { open: value } }),
      sample,
    );
  }
}

/** Runs of open samples: what the rule must have raised. Read straight off the samples, by no code of the service. */
export function excursions(samples: readonly Sample[]): number {
  return samples.filter((s, i) => s.value === 1 && samples[i - 1]?.value !== 1).length;
}
