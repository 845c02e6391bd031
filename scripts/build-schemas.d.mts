/** Makes build/schemas when it is not up to date; gives back whether it did. */
export function buildSchemas(options?: { readonly log?: (line: string) => void }): Promise<boolean>;
