import { ApiError, type Status } from './errors.ts';
import { jsonLines } from './json-lines.ts';
import type { KubernetesObject, ObjectKind, WatchEvent } from './objects.ts';

/**
 * The events of a watch's answer. Ends when the server ends it, which is normal; an `ERROR` event is thrown as the
 * ApiError that it is, and so is a lost connection as a ConnectionError.
 */
export async function* watchEvents<T extends KubernetesObject>(
  request: string,
  { apiVersion, kind }: ObjectKind,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<WatchEvent<T>> {
  for await (const value of jsonLines(body)) {
    const { type, object } = value as { readonly type: WatchEvent['type'] | 'ERROR'; readonly object: unknown };
    if (type === 'ERROR') {
      const status = object as Status;
      throw new ApiError(request, status.code ?? 500, status);
    }
    yield { type, object: { ...(object as T), apiVersion, kind } };
  }
}
