import { as } from '../../../domain/ids.ts';
import type { Asset, Device, Place, Point, RegisterEntry } from '../../../domain/register/register.ts';
import { UNPLACED_AREA } from '../../../domain/register/register.ts';
import type { Session } from '../../../flow/ports/accounts.ts';
import type { RegisterView } from '../../../flow/ports/service.ts';
import type { Language } from '../../../wire/http/head/language.ts';
import { areaJson, assetJson, deviceJson, pointJson } from '../../../wire/http/register.ts';
import { SerialQueue } from '../../shared/serial-queue.ts';
import { started } from '../answer/first-chunk.ts';
import type { Handlers } from '../answer/handler.ts';
import { HttpProblem, hidden } from '../answer/problem.ts';
import type { Parts } from '../answer/services.ts';
import { pageOf } from './paging.ts';
import { registerExport } from './register-export.ts';
import { faultsOf } from './register-faults.ts';
import { RegisterImport } from './register-import.ts';

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
  const { service, clock, log, keys } = parts;
  const whole = service.register;
  const lifelines = new Set<string>(service.packs().map((p) => p.lifeline));
  // What a change is checked against must still be so when it is made.
  const writing = new SerialQueue();

  type By = { readonly session: Session; readonly language: Language; readonly register: RegisterView };

  async function make(change: RegisterEntry, { session, language, register }: By): Promise<void> {
    const faults = faultsOf(change, register, lifelines);
    const homeless = change.kind === 'device' && change.device.point === null && session.areas !== null;
    if (
      homeless ||
      (faults.some((f) => f.column === 'area') && faultsOf(change, whole, lifelines).length === 0)
    )
      throw new HttpProblem('foreign-area');
    if (faults.length > 0) {
      throw new HttpProblem('unknown-reference', {
        ...(faultsOf(change, whole, lifelines).length === 0 ? { audit: 'foreign-area' } : {}),
        errors: faults.map((f) => ({ at: `body.${f.column ?? ''}`, message: f.say[language] })),
      });
    }
    await service.change([change]);
    log.info('the register was changed', { by: session.account, kind: change.kind, code: codeOf(change) });
  }

  const asPoint = (p: Point) => pointJson(p, service.heardAt(p.code));
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

    assets: ({ query, register }) => {
      const { items, next } = pageOf(register.assets(), byCode, query, (a) => inScope(a, query));
      return { items: items.map(assetJson), next };
    },
    createAsset: ({ body, ...by }) =>
      writing.run(async () => {
        const code = as.asset(body.code);
        if (whole.asset(code)) throw taken(body.code);
        const asset: Asset = {
          code,
          name: body.name,
          lifeline: as.lifeline(body.lifeline),
          area: as.area(body.area),
          owner: body.owner ?? null,
          place: body.place ?? null,
        };
        await make({ kind: 'asset', asset }, by);
        return assetJson(asset);
      }),
    changeAsset: ({ params, body, ...by }) =>
      writing.run(async () => {
        const { register } = by;
        const before = register.asset(as.asset(params.code));
        if (before === undefined) throw absent(whole.asset(as.asset(params.code)), 'not-found');
        by.was(before);
        const asset: Asset = {
          ...before,
          name: body.name ?? before.name,
          area: body.area === undefined ? before.area : as.area(body.area),
          owner: body.owner === undefined ? before.owner : body.owner,
          place: placed(body.place, before.place),
        };
        await make({ kind: 'asset', asset }, by);
        return assetJson(asset);
      }),

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
      const point = register.point(as.point(params.code));
      if (point === undefined) throw absent(whole.point(as.point(params.code)), 'point-unknown');
      return asPoint(point);
    },
    createPoint: ({ body, ...by }) =>
      writing.run(async () => {
        const { register } = by;
        const code = as.point(body.code);
        if (whole.point(code)) throw taken(body.code);
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
        await make({ kind: 'point', point }, by);
        return asPoint(point);
      }),
    changePoint: ({ params, body, ...by }) =>
      writing.run(async () => {
        const { register } = by;
        const before = register.point(as.point(params.code));
        if (before === undefined) throw absent(whole.point(as.point(params.code)), 'point-unknown');
        by.was(before);
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
        await make({ kind: 'point', point }, by);
        return asPoint(point);
      }),

    devices: ({ query, register }) => {
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
    createDevice: ({ body, ...by }) =>
      writing.run(async () => {
        const code = as.device(body.code);
        if (whole.device(code)) throw taken(body.code);
        const device: Device = {
          code,
          lifeline: as.lifeline(body.lifeline),
          point: body.point == null ? null : as.point(body.point),
          vendor: body.vendor ?? null,
          serial: body.serial ?? null,
          installedAt: body.installedAt ?? null,
          unverified: false,
        };
        await make({ kind: 'device', device }, by);
        return asDevice(device);
      }),
    changeDevice: ({ params, body, ...by }) =>
      writing.run(async () => {
        const { register } = by;
        const before = register.device(as.device(params.code));
        if (before === undefined) throw absent(whole.device(as.device(params.code)), 'not-found');
        by.was(before);
        const device: Device = {
          ...before,
          point: body.point === undefined ? before.point : body.point === null ? null : as.point(body.point),
          vendor: body.vendor === undefined ? before.vendor : body.vendor,
          serial: body.serial === undefined ? before.serial : body.serial,
          installedAt: body.installedAt === undefined ? before.installedAt : body.installedAt,
          unverified: body.unverified ?? before.unverified,
        };
        await make({ kind: 'device', device }, by);
        return asDevice(device);
      }),

    importRegister: ({ query, body, session, language, register, sees, became, can, from }) =>
      writing.run(async () => {
        const dryRun = query.dryRun ?? false;
        const wantsKeys = query.credentials === true;
        if (wantsKeys && !can('device.credential')) throw new HttpProblem('not-permitted');
        const known = new Set<string>(wantsKeys ? whole.devices().map((d) => d.code) : []);
        const report = await new RegisterImport({ service, register, sees, language }).run(body, dryRun);
        const { errors: _, ...counts } = report;
        became({ ...counts });
        log.info('a register file was read', { by: session.account, ...counts });
        if (!wantsKeys || dryRun) return report;
        // Only of what this file brought: who was there before has his key, or shall not have one.
        const fresh = register
          .devices()
          .map((d) => d.code)
          .filter((code) => !known.has(code) && !keys.has(code) && !keys.isBarred(code));
        const issued = await keys.issue(fresh, { who: session.account, from }, { keepOld: 0, strict: true });
        // The register is in by now: without a trace nothing is issued, and POST /credentials makes up for it.
        if (!issued.ok) throw new HttpProblem('audit-failed', { detail: issued.error.detail });
        return {
          ...report,
          credentials: issued.value.map(({ holder, secret }) => ({ code: holder, secret })),
        };
      }),
    exportRegister: ({ query, header, register }) => {
      header('content-disposition', 'attachment; filename="register.csv"');
      return started(registerExport(register, query.header));
    },
  };
}

/** What is not there, or not for him: told alike, audited apart. */
const absent = (there: unknown, code: 'not-found' | 'point-unknown') =>
  there === undefined ? new HttpProblem(code) : hidden(code);

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

function codeOf(change: RegisterEntry): string {
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
