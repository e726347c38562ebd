import { compactWall } from '../local-time.ts';
import {
  DOUBTED,
  notSpoken,
  type SettingClock,
  type Spoken,
  type StationCommand,
  secondsIn,
} from '../told.ts';
import { type Hj212Frame, hj212Bytes } from './framer.ts';

/** What a station says of itself in each packet, and wants to hear again. */
export type Hj212Identity = Pick<Hj212Frame, 'st' | 'pw' | 'mn' | 'flag'>;

/** Longest interval of real-time values, seconds: a day. */
const LONGEST = 86_400;

/**
 * A command as a request: 1011 reads the clock, 1012 sets it, 1061 reads the interval of real-time values, 1062 sets it
 * (docs/plan/protocols.md §2). It wants an answer, and is known by its QN.
 */
export function hj212Command(
  { name, params }: Pick<StationCommand, 'name' | 'params'>,
  { st, pw, mn, flag }: Hj212Identity,
  qn: string,
  clock: SettingClock,
): Spoken {
  const say = (cn: string, cp: string): Spoken => ({
    is: 'bytes',
    bytes: hj212Bytes({ qn, st, cn, pw, mn, flag: (flag & ~3) | 1, cp }),
  });
  switch (name) {
    case 'read-clock':
      return say('1011', '');
    case 'set-clock':
      return clock.now === null
        ? DOUBTED
        : say('1012', `SystemTime=20${compactWall(clock.now, clock.offset)}`);
    case 'read-interval':
      return say('1061', '');
    case 'set-interval': {
      const seconds = secondsIn(params);
      return seconds === null || seconds > LONGEST
        ? notSpoken('RtdInterval is whole seconds, at most a day')
        : say('1062', `RtdInterval=${seconds}`);
    }
    default:
      return notSpoken(
        `HJ 212 has no request for "${name}": set-clock, read-clock, set-interval and read-interval are spoken`,
      );
  }
}

/** What a packet says of a request of ours. `ready`: it has it and begins; `values`: what was asked for. */
export type Hj212Reply =
  | { readonly is: 'ready' }
  | { readonly is: 'values'; readonly values: Readonly<Record<string, string>> }
  | { readonly is: 'over'; readonly ok: boolean; readonly said: string | null };

/** `null`: it is no reply. Its QN says of which request. */
export function hj212Reply({ cn, cp }: Pick<Hj212Frame, 'cn' | 'cp'>): Hj212Reply | null {
  const fields: Record<string, string> = {};
  for (const item of cp.split(/[;,]/)) {
    const at = item.indexOf('=');
    if (at > 0) fields[item.slice(0, at).trim()] = item.slice(at + 1).trim();
  }
  switch (cn) {
    case '9011':
      return fields.QnRtn === undefined || fields.QnRtn === '1'
        ? { is: 'ready' }
        : { is: 'over', ok: false, said: inWords('QnRtn', fields.QnRtn, QN_RTN) };
    case '9012':
      return fields.ExeRtn === undefined || fields.ExeRtn === '1'
        ? { is: 'over', ok: true, said: null }
        : { is: 'over', ok: false, said: inWords('ExeRtn', fields.ExeRtn, EXE_RTN) };
    case '9013':
    case '9014':
      return { is: 'ready' };
    case '1011':
    case '1061':
      return { is: 'values', values: fields };
    default:
      return null;
  }
}

type Words = Readonly<Record<string, string>>;
const inWords = (field: string, code: string, words: Words): string =>
  `${field}=${code}${words[code] === undefined ? '' : ` ${words[code]}`}`;

/** docs/plan/protocols.md §2 [P3] */
const QN_RTN: Words = {
  '2': '请求被拒绝 refused',
  '3': 'PW 错误 wrong PW',
  '4': 'MN 错误 wrong MN',
  '5': 'ST 错误 wrong ST',
  '6': 'Flag 错误 wrong Flag',
  '7': 'QN 错误 wrong QN',
  '8': 'CN 错误 wrong CN',
  '9': 'CRC 错误 wrong CRC',
  '100': '未知错误 unknown',
};
/** As public loggers have them (V2: read in the source of one, github xiaozhuweini/fyyp_rtu `hj212.h`). */
const EXE_RTN: Words = {
  '2': '执行失败，原因不明 failed, it does not say why',
  '3': '命令请求条件错误 the command is not right',
  '4': '通讯超时 no answer of its instrument',
  '5': '系统繁忙 busy',
  '6': '系统故障 broken',
  '100': '没有数据 no data',
};
