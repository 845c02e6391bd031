import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { BUSYBOX_IMAGE } from '../rig/images.ts';

const BIN = fileURLToPath(new URL('../../../bin/podloom.cjs', import.meta.url));

/** A folder of a test, with the logs of its runs in `logs/`. */
export class ItemsProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'podloom-items-'));
  readonly #kubeconfig: string;
  readonly #namespace: string;

  constructor(kubeconfig: string, namespace: string, files: { readonly [name: string]: string }) {
    this.#kubeconfig = kubeconfig;
    this.#namespace = namespace;
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
  }

  /** `podloom items run pod.yaml …` as a process of its own. */
  start(...flags: readonly string[]): Running {
    const argv = ['--conditions=podloom-source', BIN, 'items', 'run', 'pod.yaml', '--logdir', 'logs'];
    const env = { ...process.env, KUBECONFIG: this.#kubeconfig };
    const child = spawn(process.execPath, [...argv, '-n', this.#namespace, ...flags], {
      cwd: this.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Running(child);
  }

  /** Names of all logs, sorted. */
  logs(): string[] {
    return readdirSync(join(this.folder, 'logs'))
      .filter((name) => /\.(?:log|err|part)$/.test(name))
      .sort();
  }

  read(name: string): string {
    return readFileSync(join(this.folder, 'logs', name), 'utf8');
  }
}

export class Running {
  readonly child: ChildProcess;
  /** All that it printed, and its exit code: null when it was killed. */
  readonly end: Promise<{ readonly code: number | null; readonly printed: string }>;
  printed = '';

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.printed += text;
      });
    }
    this.end = new Promise((resolve) =>
      child.on('close', (code: number | null) => resolve({ code, printed: this.printed })),
    );
  }
}

/** Follows all pods of a namespace: which there were, and how many were pending or there at once. */
export class PodCensus {
  /** Names by uid. */
  readonly made = new Map<string, string>();
  mostPending = 0;
  mostLive = 0;
  readonly #phases = new Map<string, string>();
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(client: KubernetesClient, namespace: string) {
    this.#done = this.#follow(client, namespace);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  /** Pods that have not ended. */
  get live(): number {
    return [...this.#phases.values()].filter((phase) => phase === 'Pending' || phase === 'Running').length;
  }

  async #follow(client: KubernetesClient, namespace: string): Promise<void> {
    const query = { apiVersion: 'v1', kind: 'Pod', namespace };
    for await (const { type, object } of client.follow(query, { signal: this.#stop.signal })) {
      const { uid = '', name } = object.metadata;
      this.made.set(uid, name);
      if (type === 'DELETED') this.#phases.delete(uid);
      else this.#phases.set(uid, phaseOf(object));
      const phases = [...this.#phases.values()];
      this.mostPending = Math.max(this.mostPending, phases.filter((phase) => phase === 'Pending').length);
      this.mostLive = Math.max(this.mostLive, this.live);
    }
  }
}

/** A pod whose program has started is not pending, though its phase may say so for a moment. */
function phaseOf(pod: KubernetesObject): string {
  const status = pod['status'] as
    | { phase?: string; containerStatuses?: { state?: { running?: object; terminated?: object } }[] }
    | undefined;
  const state = status?.containerStatuses?.[0]?.state;
  if (status?.phase === 'Pending' && (state?.running ?? state?.terminated) !== undefined) return 'Running';
  return status?.phase ?? 'Pending';
}

export function podYaml(script: string, more = ''): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: "item-{{.Index}}"
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: worker
      image: ${BUSYBOX_IMAGE}
      command: [sh, -c, ${JSON.stringify(script)}]
      env:
        - name: ITEM
          value: "{{.Item}}"
${more}`;
}
