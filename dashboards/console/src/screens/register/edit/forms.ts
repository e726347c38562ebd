import type { Area, Asset, DeviceModel, Point } from '../../../api/answers.ts';
import { useConsole } from '../../../console/console.ts';
import { ofBilingual } from '../../../i18n/translate.ts';
import { useWords } from '../../../i18n/words.ts';
import { type Choice, type EditField, orNull } from '../../../parts/edit.ts';
import { OWN_LIFELINE } from '../../../state/catalog.ts';
import { words } from '../words.ts';
import { placeOf } from './edit.ts';
import { faultValuesBody, faultValuesText } from './fault-values.ts';

type Values = Readonly<Record<string, string>>;

/** The fields of points, devices and assets, and what is sent of them. */
export function useForms() {
  const say = useWords(words);
  const { catalog, language, lifelines } = useConsole();

  const lifelineChoices = (): readonly Choice[] =>
    lifelines.value
      .filter((key) => key !== OWN_LIFELINE)
      .map((value) => {
        const name = catalog.value.lifelineName(value);
        return { value, label: name === null ? value : ofBilingual(name, language.value) };
      });
  const named = (items: readonly { code: string; name: string }[]): readonly Choice[] =>
    items.map((i) => ({ value: i.code, label: `${i.name} ${i.code}` }));

  const head = (of: { code: string; lifeline: string } | null): EditField[] => [
    {
      name: 'code',
      label: say('field.code'),
      value: of?.code ?? '',
      fixed: of !== null,
      ...(of === null ? { hint: say('codeHint') } : {}),
    },
    {
      name: 'lifeline',
      label: say('field.lifeline'),
      value: of?.lifeline ?? lifelineChoices()[0]?.value ?? '',
      options: lifelineChoices(),
      fixed: of !== null,
    },
  ];
  const place = (of: Point['place']): EditField[] => [
    { name: 'lon', label: say('lon'), value: of ? String(of.lon) : '', number: true },
    { name: 'lat', label: say('lat'), value: of ? String(of.lat) : '', number: true },
    {
      name: 'crs',
      label: say('crs'),
      value: of?.crs ?? 'CGCS2000',
      options: [
        { value: 'CGCS2000', label: 'CGCS2000' },
        { value: 'WGS-84', label: 'WGS-84' },
      ],
      hint: say('crsHint'),
    },
  ];
  const area = (of: string | undefined, areas: readonly Area[], hint?: string): EditField => ({
    name: 'area',
    label: say('field.area'),
    value: of ?? '',
    suggest: named(areas),
    ...(hint === undefined ? {} : { hint }),
  });

  const faultCodes = (of: { attributes: Readonly<Record<string, string>> } | null): EditField => ({
    name: 'faultCodes',
    label: say('faultCodes'),
    value: faultValuesText(of?.attributes ?? {}),
    hint: say('faultCodesHint'),
    at: 'attributes',
  });
  const attributesOf = (v: Values, before: Readonly<Record<string, string>> = {}) => {
    const attributes = faultValuesBody(v.faultCodes ?? '', before);
    return Object.keys(attributes).length === 0 ? {} : { attributes };
  };

  return {
    lifelines: lifelineChoices,
    point: (of: Point | null, areas: readonly Area[], assets: readonly Asset[]): EditField[] => [
      ...head(of),
      { name: 'name', label: say('field.name'), value: of?.name ?? '' },
      { name: 'asset', label: say('asset'), value: of?.asset ?? '', suggest: named(assets) },
      area(of?.area, areas, of === null ? say('areaHint') : undefined),
      ...place(of?.place ?? null),
      faultCodes(of),
    ],
    pointBody: (v: Values, of: Point | null) => ({
      ...(of === null ? { code: v.code, lifeline: v.lifeline } : {}),
      name: v.name,
      asset: orNull(v.asset),
      ...(orNull(v.area) === null ? {} : { area: orNull(v.area) }),
      place: placeOf(v),
      ...attributesOf(v, of?.attributes),
    }),
    device: (
      of: {
        code: string;
        lifeline: string;
        point: string | null;
        vendor: string | null;
        serial: string | null;
        model: string | null;
        attributes: Readonly<Record<string, string>>;
      } | null,
      points: readonly Point[],
      models: readonly DeviceModel[],
    ): EditField[] => [
      ...head(of),
      { name: 'point', label: say('field.point'), value: of?.point ?? '', suggest: named(points) },
      { name: 'vendor', label: say('vendor'), value: of?.vendor ?? '' },
      { name: 'serial', label: say('serial'), value: of?.serial ?? '' },
      {
        name: 'model',
        label: say('model'),
        value: of?.model ?? '',
        suggest: named(models),
        hint: say('modelHint'),
      },
      faultCodes(of),
    ],
    deviceBody: (v: Values, of: { attributes: Readonly<Record<string, string>> } | null) => ({
      ...(of === null ? { code: v.code, lifeline: v.lifeline } : {}),
      point: orNull(v.point),
      vendor: orNull(v.vendor),
      serial: orNull(v.serial),
      model: orNull(v.model),
      ...attributesOf(v, of?.attributes),
    }),
    model: (of: DeviceModel | null): EditField[] => [
      ...head(of === null ? null : { code: of.code, lifeline: '' }).filter((f) => f.name === 'code'),
      { name: 'name', label: say('field.name'), value: of?.name ?? '' },
      { name: 'vendor', label: say('vendor'), value: of?.vendor ?? '' },
      faultCodes(of),
    ],
    modelBody: (v: Values, of: DeviceModel | null) => ({
      ...(of === null ? { code: v.code } : {}),
      name: v.name,
      vendor: orNull(v.vendor),
      ...attributesOf(v, of?.attributes),
    }),
    asset: (of: Asset | null, areas: readonly Area[]): EditField[] => [
      ...head(of),
      { name: 'name', label: say('field.name'), value: of?.name ?? '' },
      area(of?.area, areas),
      { name: 'owner', label: say('field.owner'), value: of?.owner ?? '' },
      ...place(of?.place ?? null),
    ],
    assetBody: (v: Values, isNew: boolean) => ({
      ...(isNew ? { code: v.code, lifeline: v.lifeline } : {}),
      name: v.name,
      area: v.area,
      owner: orNull(v.owner),
      place: placeOf(v),
    }),
  };
}
