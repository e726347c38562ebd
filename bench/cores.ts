import { execFileSync } from 'node:child_process';

/** From now on the process, with the threads it has and will have, runs on that core alone. @throws without util-linux */
export function keepOn(core: number, pid: number): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
