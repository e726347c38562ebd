import type { AttachmentId } from '../ids.ts';

/** Files that somebody took beside an order: photos, papers. */
export const ATTACHMENT_TYPES = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/heic',
  'application/pdf',
] as const;
export type AttachmentType = (typeof ATTACHMENT_TYPES)[number];

/** What is known of a kept file. */
export type Attachment = {
  /** SHA-256 of its bytes, in hex. */
  readonly id: AttachmentId;
  /** Bytes. */
  readonly size: number;
  /** By its own bytes. */
  readonly type: AttachmentType;
};

/** Largest file that is taken. */
export const ATTACHMENT_AT_MOST = 10 * 1_024 * 1_024;
