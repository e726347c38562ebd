import { Worker } from 'node:worker_threads';
import type { ReadDrawing } from '../../flow/ports/maps.ts';
import type { DrawingRead } from '../../wire/files/drawing-read.ts';

const THREAD = new URL(`./drawing-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
const WITHIN_MS = 60_000;
const MEMORY_MB = 1_024;

/** A file that ends its reader, or keeps it for ever, is told to be one that cannot be read. */
export const readDrawing: ReadDrawing = (bytes, ask, fileName) =>
  new Promise((resolve) => {
    const worker = new Worker(THREAD, {
      name: 'drawing',
      workerData: { bytes, ask, fileName },
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const limit = setTimeout(() => void worker.terminate(), WITHIN_MS);
    const done = (read: DrawingRead): void => {
      clearTimeout(limit);
      resolve(read);
    };
    worker.once('message', done);
    worker.once('error', (why) => done(unreadable(String(why).slice(0, 120))));
    worker.once('exit', () => done(unreadable(`not within ${WITHIN_MS / 1_000} s`)));
  });

const unreadable = (why: string): DrawingRead => ({
  kind: null,
  features: 0,
  drafts: [],
  faults: [
    {
      feature: 0,
      code: 'drawing-unreadable',
      say: { zh: `文件无法读取：${why}`, en: `The file cannot be read: ${why}.` },
    },
  ],
  crs: null,
  bounds: null,
  fields: [],
  layers: [],
});
