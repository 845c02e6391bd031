import type { Scalar } from './scalar.ts';

/** An item: a scalar, or a flat object of scalars. */
export type ItemValue = Scalar | { readonly [field: string]: Scalar };

export type ItemShape =
  | { readonly kind: 'scalar' }
  /** Every item has all of `fields`; a missing optional field is the empty string. Sorted as in the first item. */
  | { readonly kind: 'object'; readonly fields: readonly string[] };

/** One place of a computed item. The last segment with several values turns fastest, as in bash braces. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  /** `start + k*step` for k in 0…count-1, padded with zeros to `width` characters (sign included; 0: none). Integers. */
  | {
      readonly kind: 'number';
      readonly start: number;
      readonly step: number;
      readonly count: number;
      readonly width: number;
    }
  | { readonly kind: 'choice'; readonly options: readonly string[] };

export type Items =
  /** Listed items. `source` says where they come from, for messages: `Items.lines('a.txt')`. */
  | {
      readonly kind: 'table';
      readonly shape: ItemShape;
      readonly values: readonly ItemValue[];
      readonly source: string;
    }
  /** Items that a pod computes from their number. Always scalars. */
  | {
      readonly kind: 'computed';
      readonly count: number;
      readonly segments: readonly Segment[];
      readonly source: string;
    }
  /** A list that an upstream task makes while the pipeline runs. */
  | { readonly kind: 'output'; readonly task: string; readonly output: string; readonly shape: ItemShape };

export interface ForEach {
  readonly items: Items;
  /** How many items one command gets as lists (`Items.batch`); 1: no batch. One log for each batch. */
  readonly batch: number;
  /** How many items (or batches) one pod works through, one command and one log each. Default 1. */
  readonly itemsPerPod: number;
}
