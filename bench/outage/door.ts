import { Between, type Meddling } from '../../test/support/between.ts';

/** Between the service and its store, in a process of its own so that no measurement waits for it. */
export type DoorMode = 'pass' | 'cut' | '503';

const MEDDLING: Record<DoorMode, Meddling> = {
  pass: 'pass',
  cut: 'cut',
  '503': { status: 503, headers: { 'retry-after': '5' }, body: '{"error":"too busy"}' },
};

const behind = process.argv[2];
if (behind === undefined || process.send === undefined)
  throw new Error('this file is started by `npm run outage`, with the address of a store');
const between = await Between.start(behind);
process.on('message', (mode: DoorMode) => {
  between.meddle = () => MEDDLING[mode];
});
// What was asked is of no interest here, and hours of it would fill the memory.
setInterval(() => between.asked.splice(0), 1_000);
process.on('disconnect', () => process.exit());
process.send({ url: between.url });
