import { parentPort, workerData } from 'node:worker_threads';
import type { DrawingAsk } from '../../wire/files/drawing.ts';
import { readDrawing } from './read.ts';

/** Reads one drawing and ends: a file of somebody else keeps no alarm waiting, and takes no memory of the service. */
const { bytes, ask, fileName } = workerData as { bytes: Uint8Array; ask: DrawingAsk; fileName: string };
parentPort?.postMessage(readDrawing(bytes, ask, fileName));
