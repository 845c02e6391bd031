import { ApiError } from './errors.ts';
import type { ObjectKind } from './objects.ts';
import { groupPath, knownResource, type Resource } from './resources.ts';
import type { Sender } from './sender.ts';

/** Finds where the objects of a kind are, by the server's own list when podloom does not know the kind. */
export class Discovery {
  readonly #requests: Sender;
  readonly #asked = new Map<string, Promise<ReadonlyMap<string, Resource>>>();

  constructor(requests: Sender) {
    this.#requests = requests;
  }

  /** Rejects with an ApiError (404) for a kind that the server does not have. */
  async find(kind: ObjectKind): Promise<Resource> {
    const known = knownResource(kind);
    if (known !== undefined) return known;
    const found = (await this.#resources(kind.apiVersion)).get(kind.kind);
    if (found !== undefined) return found;
    this.#asked.delete(kind.apiVersion); // it may be installed later
    throw new ApiError(`GET ${groupPath(kind.apiVersion)}`, 404, {
      reason: 'NotFound',
      message: `the API server has no kind ${kind.kind} in ${kind.apiVersion}`,
    });
  }

  /** The resources of a group and version, asked once. */
  #resources(apiVersion: string): Promise<ReadonlyMap<string, Resource>> {
    const asked = this.#asked.get(apiVersion);
    if (asked !== undefined) return asked;
    const asking = this.#requests.send('GET', groupPath(apiVersion), {}).then(resourcesOf);
    this.#asked.set(apiVersion, asking);
    asking.catch(() => this.#asked.delete(apiVersion));
    return asking;
  }
}

function resourcesOf(answer: unknown): ReadonlyMap<string, Resource> {
  const { resources = [] } = answer as { resources?: readonly { name: string; kind: string; namespaced: boolean }[] };
  return new Map(
    resources
      .filter(({ name }) => !name.includes('/')) // those are subresources
      .map(({ name, kind, namespaced }) => [kind, { plural: name, namespaced }]),
  );
}
