/** The drawings that stand in a page, one below the other, with words above them: as one picture to hand on. */
export function pictureOf(
  canvases: readonly HTMLCanvasElement[],
  look: {
    readonly lines: readonly string[];
    readonly ground: string;
    readonly ink: string;
    readonly scale: number;
  },
): HTMLCanvasElement {
  const pad = 16 * look.scale;
  const line = 22 * look.scale;
  const picture = document.createElement('canvas');
  picture.width = Math.max(1, ...canvases.map((c) => c.width)) + 2 * pad;
  picture.height =
    look.lines.length * line + canvases.reduce((sum, c) => sum + c.height + pad / 2, 0) + 2 * pad;
  const ctx = picture.getContext('2d');
  if (ctx === null) return picture;
  ctx.fillStyle = look.ground;
  ctx.fillRect(0, 0, picture.width, picture.height);
  ctx.fillStyle = look.ink;
  ctx.font = `${14 * look.scale}px "Noto Sans CJK SC", "Microsoft YaHei", sans-serif`;
  let y = pad;
  for (const words of look.lines) {
    y += line;
    ctx.fillText(words, pad, y - line * 0.3);
  }
  for (const c of canvases) {
    ctx.drawImage(c, pad, y + pad / 2);
    y += c.height + pad / 2;
  }
  return picture;
}

/** Saves it as a file. */
export function savePicture(picture: HTMLCanvasElement, name: string): Promise<void> {
  return new Promise((resolve) =>
    picture.toBlob((blob) => {
      if (blob !== null) {
        const a = document.createElement('a');
        a.href = URL.createObjectURL(blob);
        a.download = name;
        a.click();
        URL.revokeObjectURL(a.href);
      }
      resolve();
    }, 'image/png'),
  );
}
