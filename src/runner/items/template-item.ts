import type { SourceLocation } from '../../diagnostics/location.ts';
import type { Scalar } from '../../ir/scalar.ts';
import type { Placeholder } from './placeholder.ts';

/** An item as a template gets it. */
export interface TemplateItem {
  /** From 0. */
  readonly index: number;
  /** What `{{.Values.<field>}}` stands for. A line or a word is the field `item`. */
  readonly values: { readonly [field: string]: Scalar };
  /** For names: the value itself where it is no object. */
  readonly key: Scalar | { readonly [field: string]: Scalar };
  /** For people: `line 3 of items`. */
  readonly where: string;
  readonly location?: SourceLocation | undefined;
}

/** The value of a placeholder; undefined: the item has no such field. */
export function placeholderValue(placeholder: Placeholder, { index, values }: TemplateItem): Scalar | undefined {
  if (placeholder.kind === 'index') return index;
  const field = placeholder.kind === 'item' ? 'item' : placeholder.field;
  return Object.hasOwn(values, field) ? values[field] : undefined;
}
