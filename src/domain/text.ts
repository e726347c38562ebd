/**
 * Where a number comes from. `mark` as in the domain fact sheet: V read in the source named, V2 read
 * second-hand, R recalled, D derived by us. `ref` names document and place, for people.
 */
export type Source = { readonly mark: 'V' | 'V2' | 'R' | 'D'; readonly ref: string };

/** What a person reads, in both languages. */
export type Bilingual = { readonly zh: string; readonly en: string };
