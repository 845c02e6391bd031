// The job that qupods was made for: one command, a committed list of 5,000 items, a log for each.
import { App } from 'cdk8s';
import { Items, Pipeline, Task, Volume } from 'podloom';

const app = new App();
const bucket = Volume.claim('training-shards').mount('/shards');

export const shards = new Pipeline(app, 'shards', { image: 'ghcr.io/acme/inference:2.0' });

new Task(shards, 'infer', {
  forEach: Items.lines('pipelines/data/shards.txt'),
  command: ({ item }) => ['infer', `${bucket}/in/${item}`, `${bucket}/out/${item}.json`],
  gpu: 1,
  cpu: 4,
  memory: '16Gi',
  maxRunning: 100,
  retries: { limit: 2, exceptExitCodes: [42] },
  timeout: '30m',
});
