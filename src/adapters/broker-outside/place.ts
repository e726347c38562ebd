/** A broker that somebody else runs, and as whom we come to it. */
export type BrokerPlace = {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** `null`: it asks nobody who they are. */
  readonly user: string | null;
  readonly password: string;
  /** For people and logs: without the secret. */
  readonly shown: string;
};

/** Addresses separated by commas, as the configuration has checked them: the first that can be had is used. */
export const brokerPlaces = (addresses: string): readonly BrokerPlace[] =>
  addresses.split(',').map((one) => {
    const url = new URL(one.trim());
    const tls = url.protocol === 'mqtts:';
    const port = url.port === '' ? (tls ? 8883 : 1883) : Number(url.port);
    return {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port,
      tls,
      user: url.username === '' ? null : decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      shown: `${url.protocol}//${url.hostname}:${port}`,
    };
  });
