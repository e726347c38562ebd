import type { Program } from '../command.ts';
import type { CommandName } from './table.ts';

/** One of ours is loaded when it is called; a script is a program of its own, which reads its arguments itself. */
type Loader = (() => Promise<{ readonly program: Program }>) | { readonly script: string };

export const LOADERS: Readonly<Record<CommandName, Loader>> = {
  serve: { script: 'src/main.ts' },
  start: async () => (await import('../start.ts')).startProgram,
  stop: async () => (await import('../start.ts')).stopProgram,
  status: async () => (await import('../start.ts')).statusProgram,
  upgrade: () => import('../upgrade.ts'),
  rollback: () => import('../rollback.ts'),
  migrate: () => import('../migrate.ts'),
  'wait-ready': () => import('../wait-ready.ts'),
  doctor: () => import('../doctor.ts'),
  config: () => import('../config.ts'),
  parts: () => import('../parts.ts'),
  audit: () => import('../audit.ts'),
  bundle: () => import('../bundle/program.ts'),
  backup: () => import('../backup.ts'),
  restore: () => import('../restore.ts'),
  import: () => import('../import.ts'),
  export: () => import('../export.ts'),
  account: () => import('../account.ts'),
  device: () => import('../device.ts'),
  backtest: () => import('../backtest.ts'),
  demo: { script: 'simulators/demo.ts' },
  simulate: { script: 'simulators/main.ts' },
  completion: () => import('./completion.ts'),
  version: () => import('./about.ts'),
};
