/** How an account is kept and compared, however it was typed. */
export function accountName(typed: string): string {
  return typed.trim().toLowerCase();
}

export function isAccountName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,31}$/.test(name);
}
