import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { phoneWorker } from './phone-worker.ts';

/**
 * Sizes are written in the pixels of a desk, and grow with the text (`console/scale.ts`): a pixel is a sixteenth of a rem.
 * Hairlines stay hairlines, and conditions (`@media`) ask for the screen as it is.
 */
const growing = {
  postcssPlugin: 'px-to-rem',
  Declaration(decl: { value: string }): void {
    if (decl.value.includes('px'))
      decl.value = decl.value.replace(/(?<![\w.#-])(-?\d*\.?\d+)px\b/g, (whole, n: string) =>
        Math.abs(Number(n)) <= 2 ? whole : `${Number(n) / 16}rem`,
      );
  },
};

export default defineConfig({
  // What it loads it finds from where it lies itself: behind a proxy the service may be mounted anywhere.
  base: './',
  css: { postcss: { plugins: [growing] } },
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [vue(), phoneWorker()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    // Government desktops run kernels of this age (Kylin, UOS and their browsers).
    target: 'chrome90',
    cssTarget: 'chrome90',
    // `default-src 'self'` forbids data: URIs, so nothing is inlined into them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['index.html', 'm/index.html'].map((page) => fileURLToPath(new URL(page, import.meta.url))),
    },
  },
  server: {
    proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } },
  },
});
