/** Who did something: a person's account, or one of our own parts. */
export type Actor =
  | { readonly kind: 'operator'; readonly account: string; readonly name: string }
  | { readonly kind: 'system' };
