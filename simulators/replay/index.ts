import { chilboltonRecording, isChilbolton } from './chilbolton.ts';
import { floodRecordings, isFloodNet, parseFloods } from './floodnet.ts';
import { isMunich, munichRecordings } from './munich.ts';
import type { Recording } from './recording.ts';

/** Real recordings in one file, its format found by looking at it. */
export function recordingsOf(bytes: Buffer, fileName: string): Recording[] {
  if (isMunich(bytes)) return munichRecordings(bytes, fileName);
  const text = bytes.toString('utf8');
  if (isFloodNet(text)) return floodRecordings(parseFloods(text));
  if (isChilbolton(text)) return [chilboltonRecording(text, fileName)];
  throw new Error(
    `${fileName}: not a recording known here; FloodNet flood-events.csv, a Chilbolton methane .txt or a Munich bridge .zip would be`,
  );
}
