import { KubernetesClient } from '../../../src/cluster/client.ts';
import { ApiError } from '../../../src/cluster/errors.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { connect, freshNamespace } from '../rig/connect.ts';

/** Requests that are in flight at once. */
const CONCURRENCY = 32;
/** A namespace that pipelines name. */
const NAMED = 'ml';

/**
 * Asks a real API server, with strict field validation and real admission, whether it takes objects. Nothing is stored: each
 * is created by a dry run, but for what other objects must find there.
 */
export class Admission {
  readonly #client: KubernetesClient;
  readonly #answers = new Map<string, Promise<string | undefined>>();
  #free = CONCURRENCY;
  readonly #waiting: (() => void)[] = [];
  /** Requests that were sent: equal objects are asked for once. */
  requests = 0;

  private constructor(client: KubernetesClient) {
    this.#client = client;
  }

  /** Makes a namespace of its own, in which objects that name none are created. `accounts` are those that users have made. */
  static async open(name: string, accounts: readonly string[] = []): Promise<Admission> {
    const { client, kubeconfig } = await connect();
    const namespace = await freshNamespace(client, name);
    const admission = new Admission(await KubernetesClient.connect({ kubeconfig, namespace }));
    await admission.#store({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMED } });
    await admission.#account('default', NAMED);
    for (const account of accounts) {
      for (const where of [namespace, NAMED]) await admission.#account(account, where);
    }
    const runtime = {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'nvidia' },
      handler: 'nvidia',
    };
    await admission.#store(runtime);
    await admission.#priority('mine', 5000);
    return admission;
  }

  /** What the API server says of these objects when it refuses some: `Job "train": …`. */
  async refusals(objects: readonly JsonObject[]): Promise<string[]> {
    const accounts = new Set(objects.filter(({ kind }) => kind === 'ServiceAccount').map(nameOf));
    for (const object of objects) if (object['kind'] === 'PriorityClass') await this.#keep(object);
    const answers = await Promise.all(
      objects
        .filter(({ kind }) => kind !== 'PriorityClass')
        .map((object) => this.#ask(object['kind'] === 'Pod' ? withStoredAccount(object, accounts) : object)),
    );
    return answers.filter((answer) => answer !== undefined);
  }

  /** PriorityClasses are stored: pods whose class is not there are refused. Each once, by apply: other tests have them too. */
  #keep(object: JsonObject): Promise<string | undefined> {
    const key = JSON.stringify(object);
    const known =
      this.#answers.get(key) ??
      this.#client.apply(object, { force: true, fieldValidation: 'Strict' }).then(() => undefined);
    this.#answers.set(key, known);
    return known;
  }

  #ask(object: JsonObject): Promise<string | undefined> {
    const key = JSON.stringify(object);
    const known = this.#answers.get(key) ?? this.#create(object);
    this.#answers.set(key, known);
    return known;
  }

  async #create(object: JsonObject): Promise<string | undefined> {
    if (this.#free === 0) await new Promise<void>((resume) => this.#waiting.push(resume));
    else this.#free--;
    this.requests++;
    try {
      await this.#client.create(object, { dryRun: true, fieldValidation: 'Strict' });
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return `${String(object['kind'])} "${nameOf(object)}": ${error.message}`;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }

  #account(name: string, namespace: string): Promise<void> {
    return this.#store({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
  }

  #priority(name: string, value: number): Promise<void> {
    return this.#store({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value });
  }

  async #store(object: JsonObject): Promise<void> {
    await this.#client.apply(object, { force: true, fieldManager: 'rig' });
  }
}

function nameOf(object: JsonObject): string {
  const { name, generateName } = object['metadata'] as { readonly name?: string; readonly generateName?: string };
  return name ?? generateName ?? '';
}

/** Accounts that come with the pod are created by a dry run, so they are not there: the pod gets one that is. */
function withStoredAccount(pod: JsonObject, accounts: ReadonlySet<string>): JsonObject {
  const { serviceAccountName, ...spec } = pod['spec'] as { readonly serviceAccountName?: string };
  if (serviceAccountName === undefined || !accounts.has(serviceAccountName)) return pod;
  return { ...pod, spec: { ...spec, serviceAccountName: 'default' } as JsonObject };
}
