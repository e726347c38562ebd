import { addressOf } from './place.ts';

/** The text of a file of the public interface; `null`: it did not come. */
export async function textOf(path: string, language: string): Promise<string | null> {
  try {
    const response = await fetch(addressOf(`/api/v1${path}`), {
      credentials: 'same-origin',
      headers: { 'Accept-Language': language },
    });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}
