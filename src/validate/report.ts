import type { Code, ParamsOf } from '../diagnostics/catalogue.ts';
import type { Profile } from '../ir/profile.ts';
import type { JsonObject } from '../ir/scalar.ts';
import type { Path } from './path.ts';

/** Reports a diagnostic at a place in the object. `at` says whether the key there is meant, or its value (the default). */
export type Report = <C extends Code>(code: C, params: ParamsOf<C>, path: Path, at?: 'key' | 'value') => void;

/** What the checks of one object need. */
export interface Subject {
  readonly object: JsonObject;
  /** In words: `Job "train"`. */
  readonly name: string;
  readonly profile: Profile;
  readonly report: Report;
}
