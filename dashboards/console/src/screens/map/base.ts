import type { HouseMap } from '../../api/answers.ts';

export type Base = HouseMap['base'];
/** Tiles of a server that an administrator typed. */
export type TileServer = Extract<Base, { readonly kind: 'xyz' | 'wmts' }>;

export const NO_SERVER: TileServer = {
  kind: 'xyz',
  url: '',
  crs: 'EPSG:3857',
  layer: '',
  matrixSet: '',
  style: 'default',
  format: 'image/png',
  attribution: '',
};

export type BaseFlaw = 'badUrl' | 'badTemplate' | 'badLayer';

/** What is wrong with it; `null`: it may be used. */
export function flawOf(base: TileServer): BaseFlaw | null {
  if (originOf(base.url) === null) return 'badUrl';
  if (base.kind === 'xyz')
    return /\{z\}/.test(base.url) && /\{x\}/.test(base.url) && /\{-?y\}/.test(base.url)
      ? null
      : 'badTemplate';
  return base.layer.trim() === '' || base.matrixSet.trim() === '' ? 'badLayer' : null;
}

/** `https://t{0-7}.example.cn/…` is of `https://*.example.cn`, as `LIFELINE_MAP_TILE_HOSTS` takes it. */
export function originOf(url: string): string | null {
  const found = /^(https?:\/\/)([^/?#\s]+)/.exec(url.trim());
  if (found === null) return null;
  const host = (found[2] as string).replace(/^[^.]*\{[^}]+\}[^.]*/, '*');
  return /^[\w.*:[\]-]+$/.test(host) ? `${found[1]}${host}` : null;
}

export const isServer = (base: Base | null): base is TileServer => base !== null && 'url' in base;
