import type { AttachmentType } from '../../domain/response/attachment.ts';

/** Brands of HEIF files that phones write (ISO/IEC 23008-12). */
const HEIC = ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'mif1', 'msf1'];

/** What a file is by its first bytes; `null`: none of those that are kept. */
export function typeOf(bytes: Uint8Array): AttachmentType | null {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes.length < 12) return null;
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (bytes[0] === 0x89 && text(1, 8) === 'PNG\r\n\x1a\n') return 'image/png';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp';
  if (text(4, 8) === 'ftyp' && HEIC.includes(text(8, 12))) return 'image/heic';
  return text(0, 5) === '%PDF-' ? 'application/pdf' : null;
}
