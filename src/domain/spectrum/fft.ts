/**
 * Discrete Fourier transform in place (Cooley and Tukey, radix 2).
 *
 * @param re real parts; a power of two of them
 * @param im imaginary parts, as many
 */
export function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  reverseBits(re, im);
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const angle = (-2 * Math.PI) / size;
    for (let k = 0; k < half; k++) {
      const [c, s] = [Math.cos(angle * k), Math.sin(angle * k)];
      for (let at = k; at < n; at += size) {
        const [xr, xi] = [re[at + half] as number, im[at + half] as number];
        const [tr, ti] = [xr * c - xi * s, xr * s + xi * c];
        const [ur, ui] = [re[at] as number, im[at] as number];
        re[at] = ur + tr;
        im[at] = ui + ti;
        re[at + half] = ur - tr;
        im[at + half] = ui - ti;
      }
    }
  }
}

function reverseBits(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; (j & bit) !== 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [re[i], re[j]] = [re[j] as number, re[i] as number];
    [im[i], im[j]] = [im[j] as number, im[i] as number];
  }
}
