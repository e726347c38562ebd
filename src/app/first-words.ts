import { asCalled } from '../adapters/shared/as-called.ts';
import { isLoopbackHost } from '../adapters/shared/peer-address.ts';
import type { Config } from '../config/read.ts';
import type { Log } from '../flow/ports/log.ts';
import { tellConfiguration } from './audit.ts';
import type { Ground } from './ground.ts';
import type { People } from './people.ts';
import type { Storage } from './storage.ts';

/** What whoever starts the service ought to know, and the audit journal must. */
export async function sayFirstWords(
  ground: Ground,
  { audit }: Storage,
  people: People,
  url: string,
): Promise<void> {
  const { options, config, clock, log } = ground;
  const { accounts, deviceKeys, oneTimeCode, configuredPasswordIsWeak } = people;
  await tellConfiguration(audit, config, options.version, clock.now());
  if (!accounts.areAdministratorsApart())
    log.warn(
      'the three administrators are not appointed yet: `admin` has their rights until then (docs/security.md)',
      {},
    );
  if (configuredPasswordIsWeak)
    log.warn('the configured password of `admin` is weak: change it after logging in', {});
  sayHowToEnter(oneTimeCode, url, log);
  if (oneTimeCode !== null) options.onFirstStart?.({ url, oneTimeCode });
  sayHowToAddDevices(config, deviceKeys.list().length, log);
  warnOfOpenDoors(config, log);
}

/** First start: tells the person exactly what to do to log in. */
function sayHowToEnter(code: string | null, url: string, log: Log): void {
  if (code === null) return;
  log.info(`first start: open ${url}, log in as "admin" with this one-time code, and choose a password`, {
    account: 'admin',
    oneTimeCode: code,
  });
}

/** While no device has a credential: tells the person how one is let in. */
function sayHowToAddDevices(config: Config, keys: number, log: Log): void {
  if (keys > 0 || config.LIFELINE_MQTT_ANONYMOUS) return;
  log.info(
    asCalled('no device has a credential yet: lifeline device add CODE issues one and shows it once'),
    {
      help: 'docs/devices.md',
    },
  );
}

/** What goes over a network without TLS can be read and changed on the way. */
function warnOfOpenDoors(config: Config, log: Log): void {
  const { LIFELINE_MQTT_HOST: mqtt, LIFELINE_HTTP_HOST: http } = config;
  if (!isLoopbackHost(mqtt))
    log.warn('MQTT listens beyond this machine without TLS: secrets of devices can be read on the way', {
      host: mqtt,
      right: 'LIFELINE_MQTTS_PORT=8883 with a certificate, and LIFELINE_MQTT_HOST=127.0.0.1',
    });
  if (!isLoopbackHost(http) && config.LIFELINE_HTTP_TLS_CERT === undefined)
    log.warn('HTTP listens beyond this machine without TLS: passwords can be read on the way', {
      host: http,
      right: 'LIFELINE_HTTP_TLS_CERT_FILE and LIFELINE_HTTP_TLS_KEY_FILE, or a TLS proxy on this machine',
    });
}
