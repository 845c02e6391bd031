import type { KubernetesClient } from '../../../../src/cluster/client.ts';
import { ApiError, ConnectionError } from '../../../../src/cluster/errors.ts';
import type { KubernetesObject } from '../../../../src/cluster/objects.ts';

type Lease = KubernetesObject & { readonly spec: { readonly [field: string]: unknown } };

/** An API server that has one Lease, with optimistic locking, and that can be out of reach. */
export class LeaseServer {
  lease: Lease | undefined;
  /** Requests fail so while it is set. */
  fault: Error | undefined;
  #version: number;

  constructor(firstVersion = 0) {
    this.#version = firstVersion;
  }

  get client(): KubernetesClient {
    const client = {
      get: async () => this.#answer(() => this.lease),
      create: async (object: Lease) =>
        this.#answer(() => {
          if (this.lease !== undefined) throw new ApiError('POST', 409, { reason: 'AlreadyExists' });
          return this.#store(object);
        }),
      patch: async (_ref: unknown, patch: { metadata: { resourceVersion?: string }; spec: object }) =>
        this.#answer(() => {
          const { lease } = this;
          if (lease === undefined) throw new ApiError('PATCH', 404, { reason: 'NotFound' });
          if (patch.metadata.resourceVersion !== lease.metadata.resourceVersion) {
            throw new ApiError('PATCH', 409, { reason: 'Conflict' });
          }
          return this.#store({ ...lease, spec: { ...lease.spec, ...patch.spec } });
        }),
    };
    return client as unknown as KubernetesClient;
  }

  /** Out of reach until `fault` is undefined again. */
  cut(): void {
    this.fault = new ConnectionError('GET', 'ECONNREFUSED', 'refused', true);
  }

  #answer<T>(work: () => T): T {
    if (this.fault !== undefined) throw this.fault;
    return work();
  }

  #store(lease: Lease): Lease {
    this.lease = { ...lease, metadata: { ...lease.metadata, resourceVersion: `${++this.#version}` } };
    return this.lease;
  }
}
