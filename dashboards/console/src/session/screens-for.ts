import type { Me, Right } from '../api/answers.ts';

type Person = { readonly permissions: Readonly<Me['permissions']> };

const SEES_THE_CITY: Right = 'picture.see';

/** Whether the person may open a screen. */
export const mayOpen = (screen: { readonly right?: Right }, me: Person): boolean =>
  me.permissions.includes(screen.right ?? SEES_THE_CITY);

/** An auditor and a security administrator see no alarms: for them there is no live link either. */
export const seesTheCity = (me: Person): boolean => mayOpen({}, me);
