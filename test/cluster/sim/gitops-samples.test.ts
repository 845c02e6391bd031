/** The samples of `dist/` as a self-healing controller applies them, again and again, and as plain `kubectl apply` does. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { connect, freshNamespace } from '../rig/connect.ts';
import { objectsOfFolder, round, whatRuns } from './gitops-controller.ts';

const { client } = await connect();
const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));
const ROUNDS = 20;
/** The only sample with a schedule: its controller may start it while the test runs. */
const SCHEDULED = 'nightly';

describe.each(['jobs', 'argo'])('dist/%s', (target) => {
  test(`${ROUNDS} rounds change nothing and start nothing`, async () => {
    const namespace = await freshNamespace(client, `gitops-${target}`);
    const objects = objectsOfFolder(`${dist}${target}`, namespace);
    expect(objects.size).toBeGreaterThan(30);
    const first = await round(client, objects);
    for (let n = 2; n <= ROUNDS; n++) expect(await round(client, objects)).toEqual(first);
    const running = [...(await whatRuns(client, namespace)).keys()].filter((name) => !name.includes(`/${SCHEDULED}-`));
    expect(running).toEqual([]);
    const crons = [...objects.values()].filter(({ kind }) => kind === 'CronJob' || kind === 'CronWorkflow');
    for (const { apiVersion, kind, metadata } of crons) {
      const cron = await client.get<Cron>({ apiVersion, kind, namespace, name: metadata.name });
      expect([metadata.name, cron?.spec.suspend ?? false]).toEqual([metadata.name, metadata.name !== SCHEDULED]);
    }
    await client.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
  });

  test('is small enough for plain kubectl apply, which writes each object into an annotation', async () => {
    const namespace = await freshNamespace(client, `plain-${target}`);
    for (const object of objectsOfFolder(`${dist}${target}`, namespace).values()) {
      const text = `${JSON.stringify({ ...object, metadata: { annotations: {}, ...object.metadata } })}\n`;
      const annotations = {
        ...object.metadata.annotations,
        'kubectl.kubernetes.io/last-applied-configuration': text,
      };
      // PriorityClasses are there already, of other tests.
      if (object.kind === 'PriorityClass') continue;
      await client.create({ ...object, metadata: { ...object.metadata, annotations } }, { dryRun: true });
    }
    await client.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
  });
});

interface Cron extends KubernetesObject {
  readonly spec: { readonly suspend?: boolean };
}
