import type { Answer } from '../api/http.ts';
import { addressOf } from '../api/place.ts';
import { NO_ANSWER, problemOf, TOO_SLOW } from '../api/problem.ts';
import type { Language } from '../i18n/translate.ts';

/** A city's register is read for longer than an operator waits for an answer. */
const PATIENCE = 120_000;

/** Sends a file as it is, or nothing; answers what came as text. */
export async function sendFile(
  path: string,
  language: Language,
  file: { readonly type: string; readonly body: Blob } | null,
): Promise<Answer<string>> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(addressOf(`/api/v1${path}`), {
      method: 'POST',
      credentials: 'same-origin',
      signal: stop.signal,
      headers: { 'Accept-Language': language, ...(file === null ? {} : { 'Content-Type': file.type }) },
      ...(file === null ? {} : { body: file.body }),
    });
    const text = await response.text();
    return response.ok
      ? { ok: true, value: text }
      : { ok: false, problem: problemOf(response.status, json(text)) };
  } catch {
    return { ok: false, problem: stop.signal.aborted ? TOO_SLOW : NO_ANSWER };
  } finally {
    clearTimeout(timer);
  }
}

/** Gives a text to the reader as a file. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
