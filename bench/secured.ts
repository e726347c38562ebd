import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Child } from './child.ts';
import { SECURED } from './intake.ts';
import { startService } from './service.ts';

const PROGRAM = fileURLToPath(new URL('../src/lifeline.ts', import.meta.url));
/** Codes on one command line. */
const TOGETHER = 500;

/** The service as it stands in a network: every device with a credential of its own, over TLS. */
export async function startSecured(devices: number): Promise<Child> {
  const dir = await mkdtemp(join(tmpdir(), 'lifeline-bench-secured-'));
  const at = (name: string) => join(dir, name);
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', at('key.pem'), '-out', at('cert.pem')],
    ],
    { stdio: 'ignore' },
  );
  const child = await startService(at('data'), 'secured', {
    LIFELINE_MQTT_ANONYMOUS: 'false',
    LIFELINE_MQTTS_PORT: '0',
    LIFELINE_MQTTS_CERT_FILE: at('cert.pem'),
    LIFELINE_MQTTS_KEY_FILE: at('key.pem'),
    // What is measured is their cost, and not what they hold back.
    LIFELINE_MQTT_DEVICE_RATE: '1000000',
    LIFELINE_MQTT_DEVICE_BURST: '10000000',
  });
  const secrets: Record<string, string> = {};
  const codes = Array.from({ length: devices }, (_, i) => `${SECURED}-${i}`);
  for (let i = 0; i < codes.length; i += TOGETHER) {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[PROGRAM, 'device', 'add', ...codes.slice(i, i + TOGETHER), '--csv', '--data-dir', at('data')],
    ]);
    for (const line of stdout.trim().split('\n').slice(1)) {
      const [code, secret] = line.split(',') as [string, string];
      secrets[code] = secret;
    }
  }
  return {
    ...child,
    secured: { ca: await readFile(at('cert.pem'), 'utf8'), secrets },
    stop: async () => {
      await child.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
