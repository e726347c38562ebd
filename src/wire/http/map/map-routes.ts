import { z } from 'zod';
import { route } from '../route.ts';
import { mapBody, mapFileName, mapOut } from './map.ts';

const mapAnswer = { status: 200, type: 'json', schema: mapOut } as const;

/** What lies under the points of the map (docs/map.md). */
export const MAP_ROUTES = {
  map: route({
    method: 'GET',
    path: '/api/v1/map',
    who: 'session',
    tag: 'map',
    does: {
      zh: '地图设置：底图、打开时的范围，以及地图目录里的文件和各自的问题',
      en: 'The map of the house: base map, what it opens at, and the files in its folder with what is wrong with each',
    },
    act: { zh: '查看地图设置', en: 'See how the map is set' },
    right: 'picture.see',
    audited: false,
    answer: mapAnswer,
  }),
  changeMap: route({
    method: 'PUT',
    path: '/api/v1/map',
    who: 'session',
    tag: 'map',
    does: {
      zh: '设置底图与打开时的范围，对所有工作站生效；没有写的字段不变',
      en: 'Set the base map and what the map opens at, for every workstation; what is left out stays',
    },
    act: { zh: '设置地图', en: 'Set the map' },
    right: 'register.change',
    audited: true,
    body: { type: 'json', schema: mapBody, atMost: 64 * 1_024 },
    answer: mapAnswer,
    refusals: ['changed-since', 'foreign-area'],
    problems: ['not-found'],
  }),
  mapFile: route({
    method: 'GET',
    path: '/api/v1/map/files/{name}',
    who: 'session',
    tag: 'map',
    does: {
      zh: '底图文件的一段（HTTP Range，每次至多 4 MiB）：浏览器只取看得见的瓦片',
      en: 'A piece of a base map file (HTTP Range, at most 4 MiB at a time): a browser takes the tiles that it sees, and no more',
    },
    act: { zh: '读底图', en: 'Read the base map' },
    right: 'picture.see',
    audited: false,
    params: z.strictObject({ name: mapFileName }),
    answer: { status: 206, type: 'slice' },
    problems: ['not-found', 'range-needed'],
  }),
} as const;
