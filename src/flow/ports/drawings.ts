import type { DrawingAsk, DrawingRead } from '../../wire/files/drawing.ts';

/** Reads a drawing, away from the thread that judges. What is wrong with it is part of the answer; it never throws for that. */
export type ReadDrawing = (bytes: Uint8Array, ask: DrawingAsk, fileName: string) => Promise<DrawingRead>;
