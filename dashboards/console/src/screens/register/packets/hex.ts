/** `7b 22 74 73  {"ts`: sixteen bytes a line, at most `most` of them. */
export function hexDump(base64: string, most = 2_048): string {
  const binary = atob(base64);
  const lines: string[] = [];
  for (let i = 0; i < Math.min(binary.length, most); i += 16) {
    const row = [...binary.slice(i, i + 16)];
    const hex = row.map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
    const text = row.map((c) => (c >= ' ' && c <= '~' ? c : '.')).join('');
    lines.push(`${i.toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  if (binary.length > most) lines.push(`… ${binary.length}`);
  return lines.join('\n');
}

/** The whole packet as text. */
export function textOf(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
}
