import { systemIds } from '../adapters/ids/index.ts';
import { minutes } from '../domain/time.ts';
import { CommandOffice } from '../flow/commands/command-office.ts';
import { CommandSender } from '../flow/commands/command-sender.ts';
import { mqttWay } from '../flow/commands/mqtt-way.ts';
import type { Frames } from '../flow/doors/frame-desk.ts';
import type { Broker } from '../flow/ports/broker.ts';
import type { WayDown } from '../flow/ports/down/ways.ts';
import type { Flow } from './flow.ts';
import type { Ground } from './ground.ts';
import type { Storage } from './storage.ts';

/** A clock that is so far from the machine's own sets nobody else's. */
const DOUBTED = minutes(1);

/** What devices are told to do, and the ways down to them. Nothing leaves before `sender.start`. */
export function buildCommands(
  { clock, log, meters, ahead }: Ground,
  { storage: { journal }, flow: { core, turn } }: { readonly storage: Storage; readonly flow: Flow },
  {
    broker,
    doors,
    frames,
  }: {
    readonly broker: Pick<Broker, 'reaches' | 'command'>;
    readonly doors: WayDown;
    readonly frames: Pick<Frames, 'writesOf'>;
  },
) {
  const isClockDoubted = () => Math.abs(clock.apart()) > DOUBTED;
  const ways = [mqttWay({ broker, register: core.register, clock, isClockDoubted }), doors];
  const sender = new CommandSender({ core, turn, clock, log, meters, ways });
  ahead.commanded = (record) => sender.released(record);
  ahead.listens = (device) => sender.look(device);
  const office = new CommandOffice({
    core,
    turn,
    journal,
    ids: systemIds,
    writesOf: (device) => frames.writesOf(device),
  });
  return { office, sender };
}
