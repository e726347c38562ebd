import type { Alarm } from '../../../domain/alarm/alarm.ts';
import { as } from '../../../domain/ids.ts';
import type { Device, Point } from '../../../domain/register/register.ts';
import type { RegisterView, Service } from '../../../flow/ports/service.ts';
import type { AnyProblemCode } from '../../../wire/http/problems.ts';
import { HttpProblem, hidden } from '../answer/problem.ts';

/**
 * One thing that is asked for by its name. What lies in areas of others is answered as what is not there; the audit journal is told
 * which it was.
 */

/** @throws HttpProblem */
export const pointOf = (code: string, seen: RegisterView, whole: RegisterView): Point =>
  found(seen.point(as.point(code)), whole.point(as.point(code)), 'point-unknown');

/** @throws HttpProblem */
export const deviceOf = (code: string, seen: RegisterView, whole: RegisterView): Device =>
  found(seen.device(as.device(code)), whole.device(as.device(code)), 'not-found');

/** An alarm of now or of the past. @throws HttpProblem */
export async function alarmOf(
  id: string,
  sees: (area: string) => boolean,
  service: Pick<Service, 'alarm'>,
): Promise<Alarm> {
  const alarm = (await service.alarm(as.alarm(id))) ?? undefined;
  return found(alarm !== undefined && sees(alarm.areaCode) ? alarm : undefined, alarm, 'alarm-unknown');
}

function found<T>(seen: T | undefined, there: unknown, code: AnyProblemCode): T {
  if (seen !== undefined) return seen;
  throw there === undefined ? new HttpProblem(code) : hidden(code);
}
