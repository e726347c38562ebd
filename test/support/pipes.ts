/** 200 gas mains as a register might have them: of some something is not known. */
const MATERIALS = ['PE100', '钢管', '灰口铸铁', '球墨铸铁', '不详'];
export type Pipe = {
  readonly code: string;
  readonly isOwn: boolean;
  readonly attributes: Readonly<Record<string, string>>;
};
export const PIPES: readonly Pipe[] = Array.from({ length: 200 }, (_, i) => ({
  code: `G${String(i).padStart(3, '0')}`,
  isOwn: i < 150,
  attributes: {
    年代: i % 7 === 0 ? '' : String(1985 + (i % 40)),
    材质: MATERIALS[i % 5] as string,
    压力: `${[0.005, 0.1, 0.3, 0.8, 2][i % 5]}`,
    影响人数: i % 11 === 0 ? '' : String((i * 37) % 1_200),
    重要用户: i % 13 === 0 ? '是' : '否',
    相邻空间: '2',
    道路等级: 'local',
    隐患数: '0',
  },
}));

/** Whether something that a colour needs is missing of it. */
export const isUnknown = ({ attributes: a }: Pipe): boolean =>
  a.材质 === '不详' || a.年代 === '' || a.影响人数 === '';

/** As a cell of the register's file has them. */
export const attributesOf = ({ attributes }: Pipe): string =>
  Object.entries(attributes)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${value}`)
    .join('; ');
