import type { Words } from '../i18n/translate.ts';

export const WORDS = {
  otp: ['动态口令（或恢复码）', 'Digits of the authenticator app (or a recovery code)'],
  otpWhy: [
    '该账号已绑定动态口令，请输入验证器应用上的 6 位数字。',
    'This account has a second factor: enter the 6 digits of the authenticator app.',
  ],
  enrolTitle: ['绑定动态口令', 'Set up the second factor'],
  enrolWhy: [
    '本系统要求您的角色使用动态口令。请在验证器应用中手工添加以下密钥，再输入它显示的 6 位数字。',
    'Your role needs a second factor. Add this key to an authenticator app by hand, then enter the 6 digits that it shows.',
  ],
  passwordWhy: [
    '本系统要求您的角色使用动态口令。登录已有一段时间，请先输入当前密码，再开始绑定。',
    'Your role needs a second factor. You logged in some time ago: enter your password again before setting it up.',
  ],
  password: ['当前密码', 'Current password'],
  passwordWrong: ['密码错误', 'Wrong password'],
  goOn: ['继续', 'Continue'],
  enrolLate: ['超过十分钟未确认，请重新开始', 'Not confirmed within ten minutes: begin again'],
  secret: ['密钥', 'Key'],
  uri: ['或完整地址', 'Or the whole address'],
  digits: ['6 位数字', '6 digits'],
  confirm: ['确认绑定', 'Confirm'],
  again: ['重新开始', 'Begin again'],
  codesTitle: ['请保存恢复码', 'Keep the recovery codes'],
  codesWhy: [
    '手机不在身边时，每个恢复码可代替动态口令用一次。只显示这一次，请抄录并妥善保管。',
    'Each opens once in place of the digits when the phone is not at hand. They are shown this once: write them down.',
  ],
  kept: ['已保存，进入', 'I have kept them'],
  endsAt: [
    '登录将于 {time} 到期，请在此之前交接并重新登录',
    'The session ends at {time}: hand over and log in again before',
  ],
  notice: ['使用须知', 'Notice'],
} as const satisfies Words;
