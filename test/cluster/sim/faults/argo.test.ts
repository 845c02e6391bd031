/** What may happen to a runner that follows a Workflow of Argo. See runner.test.ts. */
import { afterAll, beforeAll, test } from 'vitest';
import type { KubernetesClient } from '../../../../src/cluster/client.ts';
import { connect } from '../../rig/connect.ts';
import { FAULTS_OF_ANY_ENGINE } from './any-engine.ts';
import { LogKubelet } from './kubelet.ts';
import { TRIALS_MILLIS, Trials } from './trials.ts';

let client: KubernetesClient;
let kubelet: LogKubelet;
let trials: Trials;

beforeAll(async () => {
  const { kubeconfig, folder, ...connected } = await connect();
  ({ client } = connected);
  kubelet = await LogKubelet.start(client, folder);
  trials = await Trials.start(client, kubeconfig, 'argo');
});

afterAll(async () => {
  await kubelet.stop();
  await trials.stop();
  client.close();
});

for (const { name, pipelines, work } of FAULTS_OF_ANY_ENGINE) {
  test.concurrent(name, { timeout: TRIALS_MILLIS }, () => trials.of(name, pipelines, work));
}
