import { createServer, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { CannotListen } from '../../src/adapters/shared/cannot-listen.ts';

/** Listens, or says why not as the operating system has it. */
const listen = (port: number, host: string): Promise<Server | NodeJS.ErrnoException> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => resolve(server));
  });

test('says which key would be right how', async () => {
  const taken = (await listen(0, '127.0.0.1')) as Server;
  try {
    const { port } = taken.address() as { port: number };
    const cases = [
      ['HTTP', '127.0.0.1', port, /HTTP cannot listen on 127.0.0.1:\d+: something listens there already/],
      [
        'MQTT',
        '192.0.2.77',
        0,
        /192.0.2.77 is no address of this machine; LIFELINE_MQTT_HOST .* 127\.0\.0\.1/,
      ],
      ['MQTTS', '999.1.1.1', 0, /"999.1.1.1" names no address; LIFELINE_MQTTS_HOST should be/],
    ] as const;
    for (const [what, host, wanted, says] of cases) {
      const cause = await listen(wanted, host);
      expect(cause).toBeInstanceOf(Error);
      expect(new CannotListen(what, { host, port: wanted }, cause).message).toMatch(says);
      // From a thread comes its text alone.
      const told = new Error((cause as Error).message);
      expect(new CannotListen(what, { host, port: wanted }, told).message).toMatch(says);
    }
  } finally {
    taken.close();
  }
});
