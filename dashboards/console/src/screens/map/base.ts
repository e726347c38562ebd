/** A source of tiles that an administrator typed; kept by this browser alone. */
export type Base = {
  readonly kind: 'xyz' | 'wmts';
  readonly url: string;
  readonly crs: 'EPSG:3857' | 'EPSG:4490';
  /** WMTS only. */
  readonly layer: string;
  readonly matrixSet: string;
  readonly style: string;
  readonly format: string;
  /** Shown on the map: whose it is, 审图号. */
  readonly attribution: string;
};

export const NO_BASE: Base = {
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
export function flawOf(base: Base): BaseFlaw | null {
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

const KEPT = 'lifeline.map-base';
type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Whatever lies there: what is no base map is none. */
export function keptBase(store: Store): Base | null {
  try {
    const read = JSON.parse(store.getItem(KEPT) ?? 'null') as Partial<Base> | null;
    if (read === null || typeof read !== 'object') return null;
    const base = { ...NO_BASE, ...read } as Base;
    const texts = [base.url, base.layer, base.matrixSet, base.style, base.format, base.attribution];
    if (texts.some((t) => typeof t !== 'string')) return null;
    if (!['xyz', 'wmts'].includes(base.kind) || !['EPSG:3857', 'EPSG:4490'].includes(base.crs)) return null;
    return flawOf(base) === null ? base : null;
  } catch {
    return null;
  }
}

export function keepBase(store: Store, base: Base | null): void {
  if (base === null) store.removeItem(KEPT);
  else store.setItem(KEPT, JSON.stringify(base));
}
