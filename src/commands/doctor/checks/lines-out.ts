import { connect } from 'node:net';
import type { LineOut } from '../../../flow/ports/journal-engine.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';

const WITHIN = 5_000;
const PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'mqtt:': 1883,
  'mqtts:': 8883,
  'amqp:': 5672,
  'amqps:': 5671,
  'smtp:': 25,
};

/**
 * Whether what we speak to outside can be reached from this machine: its name is known and its port answers. Whether it lets us
 * in is not asked: that would be a message.
 */
export async function checkLinesOut(lines: readonly LineOut[]): Promise<readonly Finding[]> {
  if (lines.length === 0)
    return [ok('lines out', 'none is set up: no outside broker, queue, channel or platform above')];
  return Promise.all(lines.map(reached));
}

async function reached({ name, url, isOff }: LineOut): Promise<Finding> {
  const at = URL.parse(url);
  // A placeholder where its host should be: it is known when a message is sent.
  if (at === null || at.hostname === '')
    return warn(
      name,
      'its address cannot be read: a scheme and a host, such as https://host/path, would be right',
    );
  const host = at.hostname.replace(/^\[|\]$/g, '');
  const port = Number(at.port) || (PORTS[at.protocol] ?? 0);
  const where = `${at.protocol}//${at.hostname}:${port}`;
  const why = await dial(host, port);
  if (why === null) return ok(name, `${where} answers`);
  const says = `${where} cannot be reached (${why}): see to its name, the route and the firewalls between`;
  return isOff ? warn(name, `${says}; it is switched off`) : bad(name, says);
}

/** @returns why not */
function dial(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (why: string | null): void => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(WITHIN, () => end(`no answer within ${WITHIN / 1_000} s`));
    socket.once('connect', () => end(null));
    socket.once('error', (e: NodeJS.ErrnoException) => end(e.code ?? e.message));
  });
}
