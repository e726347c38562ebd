import type { ChangeThing, CreateThing, ThingOf } from '../../../../domain/register/commands.ts';
import type { Device, Point } from '../../../../domain/register/register.ts';
import type { Session } from '../../../../flow/ports/accounts.ts';
import type { Language } from '../../../../wire/http/head/language.ts';
import { areaJson, assetJson, deviceJson, modelJson, pointJson } from '../../../../wire/http/register.ts';
import { withFirstChunk } from '../../answer/first-chunk.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, refusedChange } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { pointOf } from '../find.ts';
import { pageOf } from '../paging.ts';
import { importDrawing } from './drawing-import.ts';
import { registerExport } from './register-export.ts';
import { importFile } from './register-import.ts';
import { areaWish, assetWish, deviceWish, modelWish, pointWish } from './register-wishes.ts';

type Names =
  | 'areas'
  | 'createArea'
  | 'changeArea'
  | 'assets'
  | 'createAsset'
  | 'changeAsset'
  | 'points'
  | 'point'
  | 'createPoint'
  | 'changePoint'
  | 'devices'
  | 'deviceModels'
  | 'createDeviceModel'
  | 'changeDeviceModel'
  | 'createDevice'
  | 'changeDevice'
  | 'importRegister'
  | 'importDrawing'
  | 'exportRegister';

const byCode = (x: { readonly code: string }): string => x.code;

export function registerRoutes(parts: Services): Pick<Handlers, Names> {
  const { service, notices, log, keys } = parts;

  type By = { readonly session: Session; readonly language: Language; was(before: unknown): void };

  async function make<C extends CreateThing | ChangeThing>(
    command: C,
    { session, language, was }: By,
  ): Promise<ThingOf<C>> {
    const done = await service.changeRegister(command);
    if (!done.ok) throw refusedChange(done.error, language);
    const { before, after } = done.value;
    if (before !== undefined) was(before);
    const { kind, code } = command.wish;
    log.info('the register was changed', { by: session.account, kind, code });
    return after;
  }
  const creates = <const W extends CreateThing['wish']>(wish: W, by: By) =>
    make({ do: 'create', wish, scope: by.session.areas }, by);
  const changes = <const W extends ChangeThing['wish']>(wish: W, by: By) =>
    make({ do: 'change', wish, scope: by.session.areas }, by);

  const asPoint = (p: Point) =>
    pointJson(p, p.asset === null ? undefined : service.register.asset(p.asset), service.heardAt(p.code));
  const asDevice = (d: Device) => deviceJson(d, service.status(d.code));

  return {
    areas: ({ query, register }) => {
      const { items, next } = pageOf(
        register.areas(),
        byCode,
        query,
        (a) => query.parent === undefined || a.parent === query.parent,
      );
      return { items: items.map(areaJson), next };
    },

    createArea: async ({ body, ...by }) => areaJson(await creates(areaWish(body.code, body), by)),
    changeArea: async ({ params, body, ...by }) => areaJson(await changes(areaWish(params.code, body), by)),

    assets: ({ query, register }) => {
      const { items, next } = pageOf(
        register.assets(),
        byCode,
        query,
        (a) =>
          inScope(a, query) &&
          (query.geometry === undefined || query.geometry === (a.geometry !== undefined)),
      );
      return { items: items.map(assetJson), next };
    },
    createAsset: async ({ body, ...by }) => assetJson(await creates(assetWish(body.code, body), by)),
    changeAsset: async ({ params, body, ...by }) =>
      assetJson(await changes(assetWish(params.code, body), by)),

    points: ({ query, register }) => {
      const { items, next } = pageOf(
        register.points(),
        byCode,
        query,
        (p) =>
          inScope(p, query) &&
          (query.asset === undefined || p.asset === query.asset) &&
          (query.unverified === undefined || p.unverified === query.unverified),
      );
      return { items: items.map(asPoint), next };
    },
    point: ({ params, register }) => {
      return asPoint(pointOf(params.code, register, service.register));
    },
    createPoint: async ({ body, ...by }) => asPoint(await creates(pointWish(body.code, body), by)),
    changePoint: async ({ params, body, ...by }) => asPoint(await changes(pointWish(params.code, body), by)),

    devices: ({ query, register }) => {
      const { items, next } = pageOf(
        register.devices(),
        byCode,
        query,
        (d) =>
          (query.lifeline === undefined || d.lifeline === query.lifeline) &&
          (query.point === undefined || d.point === query.point) &&
          (query.model === undefined || d.model === query.model),
      );
      return { items: items.map(asDevice), next };
    },
    deviceModels: ({ query, register }) => {
      const { items, next } = pageOf(register.models(), byCode, query, () => true);
      return { items: items.map(modelJson), next };
    },
    createDeviceModel: async ({ body, ...by }) => modelJson(await creates(modelWish(body.code, body), by)),
    changeDeviceModel: async ({ params, body, ...by }) =>
      modelJson(await changes(modelWish(params.code, body), by)),

    createDevice: async ({ body, ...by }) => asDevice(await creates(deviceWish(body.code, body), by)),
    changeDevice: async ({ params, body, ...by }) =>
      asDevice(await changes(deviceWish(params.code, body), by)),

    importRegister: async ({ query, body, session, language, became, can, from }) => {
      const dryRun = query.dryRun ?? false;
      const wantsKeys = query.credentials === true;
      if (wantsKeys && !can('device.credential')) throw new HttpProblem('not-permitted');
      const { report, newDevices } = await importFile(parts, body, {
        scope: session.areas,
        language,
        dryRun,
        keepsPeople: session.areas === null && can('duty.keep'),
      });
      const { errors: _, unusedColumns: __, ...counts } = report;
      became({ ...counts });
      log.info('a register file was read', { by: session.account, ...counts });
      if (!wantsKeys || dryRun) return report;
      // Only of what this file brought: who was there before has their key, or shall not have one.
      const fresh = newDevices.filter((code) => !keys.has(code) && !keys.isBarred(code)).sort();
      const issued = await keys.issue(fresh, { who: session.account, from }, { keepOld: 0, strict: true });
      // The register is in by now: without a trace nothing is issued, and POST /credentials makes up for it.
      if (!issued.ok) throw new HttpProblem('audit-failed', { detail: issued.error.detail });
      return {
        ...report,
        credentials: issued.value.map(({ holder, secret }) => ({ code: holder, secret })),
      };
    },
    importDrawing: async ({ query, body, session, language, became }) => {
      const { dryRun: trial, file, ...ask } = query;
      const report = await importDrawing(parts, body, {
        ask,
        file,
        scope: session.areas,
        language,
        dryRun: trial ?? false,
      });
      const { created, updated, unchanged, failed, kind } = report;
      became({ kind, file, created, updated, unchanged, failed });
      log.info('a drawing was read', { by: session.account, kind, created, updated, failed });
      return report;
    },

    exportRegister: ({ query, header, register, session, can, became }) => {
      const wholeCity = session.areas === null;
      const withMobiles = query.mobiles === true;
      if (withMobiles && !(wholeCity && can('contact.call'))) throw new HttpProblem('not-permitted');
      const { view } = notices;
      const people =
        wholeCity && can('duty.see') ? { units: view.units(), contacts: view.contacts(), withMobiles } : null;
      became({ people: people !== null, mobiles: withMobiles });
      header('content-disposition', 'attachment; filename="register.csv"');
      return withFirstChunk(registerExport(register, people, query.header));
    },
  };
}

function inScope(
  x: { readonly lifeline: string; readonly area: string },
  q: { readonly lifeline?: string | undefined; readonly area?: string | undefined },
): boolean {
  return (
    (q.lifeline === undefined || x.lifeline === q.lifeline) &&
    (q.area === undefined || x.area.startsWith(q.area))
  );
}
