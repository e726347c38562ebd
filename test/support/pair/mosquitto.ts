import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { eventually } from '../eventually.ts';

/** Whether this machine has Mosquitto; tests that need it say so when it has not. */
export const hasMosquitto = (): boolean => spawnSync('sh', ['-c', 'command -v mosquitto']).status === 0;

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
};

/** Debian's Mosquitto with a queue that is long enough, and persistence. */
export async function mosquitto(dir: string, port: number): Promise<ChildProcess> {
  const conf = join(dir, 'mosquitto.conf');
  mkdirSync(join(dir, 'kept'), { recursive: true });
  writeFileSync(
    conf,
    [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'max_queued_messages 1000000',
      'persistence true',
      `persistence_location ${join(dir, 'kept')}/`,
      'autosave_interval 1',
      'autosave_on_changes true',
      ...(process.getuid?.() === 0 ? ['user root'] : []),
    ].join('\n'),
  );
  const child = spawn('mosquitto', ['-c', conf], { stdio: 'ignore' });
  await eventually(async () => {
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
    const up = await new Promise<boolean>((resolve) => {
      client.once('connect', () => resolve(true));
      client.once('error', () => resolve(false));
      client.once('close', () => resolve(false));
    });
    client.end(true);
    return up;
  });
  return child;
}

export const endProcess = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  child.kill(signal);
  await once(child, 'exit');
};
