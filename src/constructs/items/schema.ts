import type { SourceLocation } from '../../diagnostics/location.ts';
import type { Problems } from './problem.ts';

/** What podloom needs of a schema: zod, Valibot, ArkType and others have it. Standard Schema, version 1 (standardschema.dev). */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The value as the schema gives it back; undefined and problems when it does not match. */
export function validate(
  schema: StandardSchema<unknown>,
  value: unknown,
  where: () => { readonly text: string; readonly location?: SourceLocation | undefined },
  problems: Problems,
): { readonly value: unknown } | undefined {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) {
    result.catch(() => {});
    problems.add('PL046', { where: where().text, problem: 'the schema is asynchronous, which items cannot wait for' });
    return undefined;
  }
  if (result.issues === undefined) return { value: result.value };
  for (const issue of result.issues) {
    const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    const { text, location } = where();
    problems.add(
      'PL046',
      { where: text, problem: path === '' ? issue.message : `${path}: ${issue.message}` },
      location,
    );
  }
  return undefined;
}
