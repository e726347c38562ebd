import { type Duration, seconds } from '../../domain/time.ts';

/** Bounds of the broker: what is beyond them is refused and counted (promises F11). */
export type Limits = {
  /** Bytes of a CONNECT packet: user name, password and a last will of a few kilobytes fit. */
  readonly connectBytes: number;
  /** Bytes of any other packet: a payload of 256 KiB and its topic. */
  readonly packetBytes: number;
  readonly topicChars: number;
  readonly topicLevels: number;
  readonly clientIdChars: number;

  /** From the TCP connection until a whole CONNECT has come and the gate has answered. */
  readonly connectWithin: Duration;
  /** A client that asks for none, or for more, is looked after every this many seconds all the same. */
  readonly keepAliveSeconds: number;

  readonly connections: number;
  /** Connections that have not yet sent a CONNECT; past it the address that has most of them gives one. */
  readonly waiting: number;
  readonly connectionsPerAddress: number;
  readonly newPerSecondPerAddress: number;
  /** New connections of one address at once, after it has been quiet: a site behind one address comes back. */
  readonly newAtOncePerAddress: number;
  /** Loopback is a gateway, a simulator or a test on this machine: no bound per address. */
  readonly loopbackExempt: boolean;

  /** Messages a second of one device over all its connections, for long; past it reading waits. */
  readonly messagesPerDevice: number;
  /** … and at once, after a quiet time: what an instrument has stored while its link was down. */
  readonly messagesAtOncePerDevice: number;
  /** Messages a second of all devices behind one address; ten seconds' worth at once. */
  readonly messagesPerAddress: number;
  /** Connections of one device; with one more its own oldest goes. */
  readonly connectionsPerDevice: number;

  /** Packets taken from one client and not yet released; past it nothing more is read from its socket. */
  readonly heldBytesPerClient: number;
  /** The same over all clients. */
  readonly heldBytes: number;

  readonly subscriptionsPerClient: number;
  /** QoS 2 packets of one session between PUBLISH and PUBREL. */
  readonly halfDelivered: number;
  /** Sessions remembered, of clients that asked for it (clean session 0). */
  readonly sessions: number;
  /** Messages kept for one absent subscriber, and bytes for all of them. */
  readonly queuedPerSession: number;
  readonly queuedBytes: number;
  readonly retainedTopics: number;
  readonly retainedBytes: number;

  /** A subscriber that has this much unread is cut off … */
  readonly unreadBytes: number;
  /** … and so is one whose full socket does not move for this long. */
  readonly drainWithin: Duration;
};

export const DEFAULT_LIMITS: Limits = {
  connectBytes: 16 * 1024,
  packetBytes: 256 * 1024 + 512,
  topicChars: 256,
  topicLevels: 16,
  clientIdChars: 128,
  connectWithin: seconds(10),
  keepAliveSeconds: 7_200,
  connections: 20_000,
  waiting: 1_000,
  connectionsPerAddress: 2_000,
  newPerSecondPerAddress: 200,
  newAtOncePerAddress: 500,
  loopbackExempt: true,
  messagesPerDevice: 200,
  messagesAtOncePerDevice: 2_000,
  messagesPerAddress: 5_000,
  connectionsPerDevice: 4,
  heldBytesPerClient: 512 * 1024,
  heldBytes: 64 * 1024 * 1024,
  subscriptionsPerClient: 20,
  halfDelivered: 1_000,
  sessions: 50_000,
  queuedPerSession: 1_000,
  queuedBytes: 32 * 1024 * 1024,
  retainedTopics: 100_000,
  retainedBytes: 1024,
  unreadBytes: 8 * 1024 * 1024,
  drainWithin: seconds(8),
};
