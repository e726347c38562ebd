import { routeActs } from './route-acts.ts';

/** What was done, by the last word of its code; a code without a row is shown as it is. */
export const acts = {
  ...routeActs,
  live: ['实时连接', 'Live link'],
  start: ['服务启动', 'The service started'],
  stop: ['服务停止', 'The service stopped'],
  certificates: ['更新证书', 'Certificates renewed'],
  offence: ['违规报文', 'A packet against the rules'],
} as const;

/** Why it was refused, where that is usual; another code is shown as it is. */
export const whys = {
  'no-session': ['未登录', 'not logged in'],
  'wrong-credentials': ['账号或密码错误', 'wrong account or password'],
  'second-factor-needed': ['缺动态口令，或不正确', 'the second factor was missing or wrong'],
  'password-needed': ['未输入密码', 'without the password'],
  'not-permitted': ['角色无此权限', 'not with their role'],
  'foreign-area': ['超出负责区域', 'outside their areas'],
  'too-many-attempts': ['尝试次数过多', 'too many attempts'],
  'too-busy': ['请求过多', 'too many requests'],
  'roles-not-apart': ['三员须分立', 'administrators must be apart'],
  'own-account': ['不能更改本人', 'not their own account'],
  'last-administrator': ['同类最后一名管理员', 'the last administrator of its kind'],
  'weak-password': ['密码不合要求', 'a weak password'],
  'second-person-needed': ['须另一人复核', 'a second person is needed'],
  'already-acknowledged': ['已被确认', 'acknowledged already'],
  'path-traversal': ['地址越界', 'an address that leads out'],
  invalid: ['内容有误', 'not right'],
  'certificate-pair': [
    '证书与私钥不匹配，或文件有误',
    'certificate and key do not match, or a file is wrong',
  ],
  'certificate-expired': ['证书已到期', 'the certificate has ended'],
  'certificate-not-yet-valid': ['证书尚未生效', 'the certificate is not valid yet'],
  'certificate-chain': ['证书链不完整', 'the chain leads to no issuer'],
  'certificate-needs-restart': ['须重启服务', 'a restart is needed'],
} as const;
