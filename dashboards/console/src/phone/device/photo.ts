import type { KeptPhoto } from '../kept/act.ts';

/** Longer side, in pixels: what is on it can still be read, and an hour of photographs fits into a phone. */
const LONGER_SIDE = 1_600;
const QUALITY = 0.8;
const PREVIEW = 240;
/** What the service takes of one file. */
const AT_MOST = 10 * 1_024 * 1_024;
const AS_IT_IS = ['image/jpeg', 'image/png', 'image/webp', 'image/heic'];

/**
 * A photograph, scaled down, with a line below it that says what it is of, who took it and when: what the camera writes
 * into a file is lost on the way.
 *
 * @returns `null`: the browser cannot read it, and the service would not take it as it is
 */
export async function photoOf(file: File, line: string): Promise<KeptPhoto | null> {
  try {
    const picture = await createImageBitmap(file);
    const whole = drawn(picture, LONGER_SIDE, line);
    const blob = await jpeg(whole, QUALITY);
    const preview = drawn(picture, PREVIEW, '').toDataURL('image/jpeg', 0.6);
    picture.close();
    return { type: 'image/jpeg', bytes: await blob.arrayBuffer(), preview, id: null };
  } catch {
    // Pictures of some phones (HEIC) are not read by every browser: the service takes them as they are.
    if (!AS_IT_IS.includes(file.type) || file.size > AT_MOST) return null;
    return { type: file.type, bytes: await file.arrayBuffer(), preview: '', id: null };
  }
}

function drawn(picture: ImageBitmap, longerSide: number, line: string): HTMLCanvasElement {
  const share = Math.min(1, longerSide / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * share));
  const height = Math.max(1, Math.round(picture.height * share));
  const size = Math.max(14, Math.round(width / 42));
  const below = line === '' ? 0 : size * 2;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height + below;
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('nothing can be drawn here');
  pen.drawImage(picture, 0, 0, width, height);
  if (line !== '') {
    pen.fillStyle = '#000';
    pen.fillRect(0, height, width, below);
    pen.fillStyle = '#fff';
    pen.font = `${size}px sans-serif`;
    pen.textBaseline = 'middle';
    pen.fillText(line, size / 2, height + below / 2, width - size);
  }
  return canvas;
}

const jpeg = (canvas: HTMLCanvasElement, quality: number): Promise<Blob> =>
  new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error('nothing could be written')) : resolve(blob)),
      'image/jpeg',
      quality,
    );
  });
