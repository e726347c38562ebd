/**
 * What a process of ours gets of our own environment, and nothing else: what a developer has set must not decide a
 * test. The compile cache saves each start half of its work; its folder is named in vitest.config.ts.
 */
export const PROCESS_ENV: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  LANG: 'C.UTF-8',
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
};
