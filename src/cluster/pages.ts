import { ApiError } from './errors.ts';
import type { KubernetesObject, ObjectQuery } from './objects.ts';

/** Objects in one answer of a list (as client-go): a page of large pods is some megabytes. */
export const PAGE_SIZE = 500;

export interface Page<T extends KubernetesObject = KubernetesObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** A `List` as it comes. */
export interface RawList {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly KubernetesObject[] | null;
}

/** Gets one page. */
export type GetPage = (parameters: { readonly limit: string; readonly continue?: string }) => Promise<RawList>;

/**
 * The pages of a list, one in memory at a time. The place in a list is forgotten by the server after some minutes (410):
 * `restart` then throws that error, `goOn` continues at the same place of the list as it is by then, which neither
 * repeats nor leaves out what was there all the time.
 */
export async function* pages<T extends KubernetesObject>(
  getPage: GetPage,
  query: ObjectQuery,
  whenExpired: 'restart' | 'goOn',
): AsyncGenerator<Page<T>> {
  let token: string | undefined;
  do {
    let list: RawList;
    try {
      list = await getPage({ limit: String(PAGE_SIZE), ...(token !== undefined && { continue: token }) });
    } catch (error) {
      const next = whenExpired === 'goOn' && isExpired(error) ? error.continueToken : undefined;
      if (token === undefined || next === undefined || next === token) throw error;
      token = next;
      continue;
    }
    const items = (list.items ?? []).map((item) => ({ ...item, apiVersion: query.apiVersion, kind: query.kind }) as T);
    yield { items, resourceVersion: list.metadata?.resourceVersion ?? '' };
    token = list.metadata?.continue || undefined;
  } while (token !== undefined);
}

/** 410: what was asked for is too old for the server to know. */
export function isExpired(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 410 || error.reason === 'Expired' || error.reason === 'Gone');
}
