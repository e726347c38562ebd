import { as } from '../../domain/ids.ts';
import type { Asset, Device, Place, Point, RegisterChange } from '../../domain/register.ts';
import { UNPLACED_AREA } from '../../domain/register.ts';
import type { Language } from '../../wire/http-language.ts';
import { areaJson, assetJson, deviceJson, pointJson } from '../../wire/http-register.ts';
import type { Handlers } from './handler.ts';
import { InTurns } from './in-turns.ts';
import { pageOf } from './paging.ts';
import type { Parts } from './parts.ts';
import { HttpProblem } from './problem.ts';
import { registerExport } from './register-export.ts';
import { faultsOf } from './register-faults.ts';
import { RegisterImport } from './register-import.ts';
import { started } from './started.ts';

type Names =
  | 'areas'
  | 'assets'
  | 'createAsset'
  | 'changeAsset'
  | 'points'
  | 'point'
  | 'createPoint'
  | 'changePoint'
  | 'devices'
  | 'createDevice'
  | 'changeDevice'
  | 'importRegister'
  | 'exportRegister';

const byCode = (x: { readonly code: string }): string => x.code;

export function registerRoutes(parts: Parts): Pick<Handlers, Names> {
  const { service, clock, log } = parts;
  const { register } = service;
  const lifelines = new Set<string>(service.packs().map((p) => p.lifeline));
  // What a change is checked against must still be so when it is made.
  const writing = new InTurns();

  async function make(change: RegisterChange, by: string, language: Language): Promise<void> {
    const faults = faultsOf(change, register, lifelines);
    if (faults.length > 0) {
      throw new HttpProblem('unknown-reference', {
        errors: faults.map((f) => ({ at: `body.${f.column ?? ''}`, message: f.say[language] })),
      });
    }
    await service.change([change]);
    log.info('the register was changed', { by, kind: change.kind, code: codeOf(change) });
  }

  const asPoint = (p: Point) => pointJson(p, service.heardAt(p.code));
  const asDevice = (d: Device) => deviceJson(d, service.status(d.code));

  return {
    areas: ({ query }) => {
      const { items, next } = pageOf(
        register.areas(),
        byCode,
        query,
        (a) => query.parent === undefined || a.parent === query.parent,
      );
      return { items: items.map(areaJson), next };
    },

    assets: ({ query }) => {
      const { items, next } = pageOf(register.assets(), byCode, query, (a) => inScope(a, query));
      return { items: items.map(assetJson), next };
    },
    createAsset: ({ body, session, language }) =>
      writing.run(async () => {
        const code = as.asset(body.code);
        if (register.asset(code)) throw taken(body.code);
        const asset: Asset = {
          code,
          name: body.name,
          lifeline: as.lifeline(body.lifeline),
          area: as.area(body.area),
          owner: body.owner ?? null,
          place: body.place ?? null,
        };
        await make({ kind: 'asset', asset }, session.account, language);
        return assetJson(asset);
      }),
    changeAsset: ({ params, body, session, language }) =>
      writing.run(async () => {
        const before = register.asset(as.asset(params.code));
        if (before === undefined) throw new HttpProblem('not-found');
        const asset: Asset = {
          ...before,
          name: body.name ?? before.name,
          area: body.area === undefined ? before.area : as.area(body.area),
          owner: body.owner === undefined ? before.owner : body.owner,
          place: placed(body.place, before.place),
        };
        await make({ kind: 'asset', asset }, session.account, language);
        return assetJson(asset);
      }),

    points: ({ query }) => {
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
    point: ({ params }) => {
      const point = register.point(as.point(params.code));
      if (point === undefined) throw new HttpProblem('point-unknown');
      return asPoint(point);
    },
    createPoint: ({ body, session, language }) =>
      writing.run(async () => {
        const code = as.point(body.code);
        if (register.point(code)) throw taken(body.code);
        const asset = body.asset == null ? null : as.asset(body.asset);
        const ofAsset = asset === null ? undefined : register.asset(asset)?.area;
        const point: Point = {
          code,
          name: body.name,
          lifeline: as.lifeline(body.lifeline),
          asset,
          area: body.area === undefined ? (ofAsset ?? UNPLACED_AREA.code) : as.area(body.area),
          place: body.place ?? null,
          unverified: false,
          outOfService: null,
          attributes: body.attributes ?? {},
        };
        await make({ kind: 'point', point }, session.account, language);
        return asPoint(point);
      }),
    changePoint: ({ params, body, session, language }) =>
      writing.run(async () => {
        const before = register.point(as.point(params.code));
        if (before === undefined) throw new HttpProblem('point-unknown');
        const point: Point = {
          ...before,
          name: body.name ?? before.name,
          asset: body.asset === undefined ? before.asset : body.asset === null ? null : as.asset(body.asset),
          area: body.area === undefined ? before.area : as.area(body.area),
          place: placed(body.place, before.place),
          unverified: body.unverified ?? before.unverified,
          outOfService:
            body.outOfService === undefined
              ? before.outOfService
              : body.outOfService && {
                  since: before.outOfService?.since ?? clock.now(),
                  reason: body.outOfService.reason,
                },
          attributes: merged(before.attributes, body.attributes ?? {}),
        };
        await make({ kind: 'point', point }, session.account, language);
        return asPoint(point);
      }),

    devices: ({ query }) => {
      const { items, next } = pageOf(
        register.devices(),
        byCode,
        query,
        (d) =>
          (query.lifeline === undefined || d.lifeline === query.lifeline) &&
          (query.point === undefined || d.point === query.point),
      );
      return { items: items.map(asDevice), next };
    },
    createDevice: ({ body, session, language }) =>
      writing.run(async () => {
        const code = as.device(body.code);
        if (register.device(code)) throw taken(body.code);
        const device: Device = {
          code,
          lifeline: as.lifeline(body.lifeline),
          point: body.point == null ? null : as.point(body.point),
          vendor: body.vendor ?? null,
          serial: body.serial ?? null,
          installedAt: body.installedAt ?? null,
          unverified: false,
        };
        await make({ kind: 'device', device }, session.account, language);
        return asDevice(device);
      }),
    changeDevice: ({ params, body, session, language }) =>
      writing.run(async () => {
        const before = register.device(as.device(params.code));
        if (before === undefined) throw new HttpProblem('not-found');
        const device: Device = {
          ...before,
          point: body.point === undefined ? before.point : body.point === null ? null : as.point(body.point),
          vendor: body.vendor === undefined ? before.vendor : body.vendor,
          serial: body.serial === undefined ? before.serial : body.serial,
          installedAt: body.installedAt === undefined ? before.installedAt : body.installedAt,
          unverified: body.unverified ?? before.unverified,
        };
        await make({ kind: 'device', device }, session.account, language);
        return asDevice(device);
      }),

    importRegister: ({ query, body, session, language }) =>
      writing.run(async () => {
        const dryRun = query.dryRun ?? false;
        const report = await new RegisterImport(service, language).run(body, dryRun);
        const { errors: _, ...counts } = report;
        log.info('a register file was read', { by: session.account, ...counts });
        return report;
      }),
    exportRegister: ({ query, header }) => {
      header('content-disposition', 'attachment; filename="register.csv"');
      return started(registerExport(register, query.header));
    },
  };
}

const taken = (code: string) =>
  new HttpProblem('code-taken', {
    detail: { zh: `编码 ${code} 已被使用`, en: `The code ${code} is in use already.` },
  });

function inScope(
  x: { readonly lifeline: string; readonly area: string },
  q: { readonly lifeline?: string | undefined; readonly area?: string | undefined },
): boolean {
  return (
    (q.lifeline === undefined || x.lifeline === q.lifeline) &&
    (q.area === undefined || x.area.startsWith(q.area))
  );
}

const placed = (asked: Place | null | undefined, before: Place | null) =>
  asked === undefined ? before : asked;

function merged(
  before: Readonly<Record<string, string>>,
  asked: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string>> {
  const all = new Map<string, string>(Object.entries(before));
  for (const [key, value] of Object.entries(asked)) {
    if (value === null) all.delete(key);
    else all.set(key, value);
  }
  return Object.fromEntries(all);
}

function codeOf(change: RegisterChange): string {
  switch (change.kind) {
    case 'area':
      return change.area.code;
    case 'asset':
      return change.asset.code;
    case 'point':
      return change.point.code;
    case 'device':
      return change.device.code;
  }
}
