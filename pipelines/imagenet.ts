// Three stages on GPUs: decode 5,000 shards, train on 4 nodes with 8 GPUs each, evaluate.
import { App } from 'cdk8s';
import { Items, Output, Pipeline, Task, Volume } from 'podloom';

const app = new App();
const data = Volume.claim('imagenet-data').mount('/data');

export const imagenet = new Pipeline(app, 'imagenet', {
  image: 'ghcr.io/acme/train:1.4',
  maxRunning: 200,
  parameters: { epochs: 90, 'learning-rate': 0.1 },
});

const decode = new Task(imagenet, 'decode', {
  forEach: Items.braces('shard-{0000..4999}.tar'),
  command: ({ item, index }) => ['decode', '--in', `${data}/raw/${item}`, `--out=${data}/decoded/${index}`],
  cpu: 4,
  memory: '8Gi',
  retries: 3,
  timeout: '1h',
  maxFailed: '1%',
});

const train = new Task(imagenet, 'train', {
  after: [decode],
  command: [
    'torchrun',
    '--nnodes=4',
    '--nproc-per-node=8',
    'train.py',
    `--data=${data}/decoded`,
    `--epochs=${imagenet.parameters.epochs}`,
    `--lr=${imagenet.parameters['learning-rate']}`,
    `--checkpoints=${data}/checkpoints/${imagenet.run}`,
  ],
  replicas: 4,
  gpu: 'H100:8',
  cpu: 64,
  memory: '800Gi',
  shm: '64Gi',
  antiAffinity: 'required',
  priority: 'high',
  retries: { limit: 5, on: ['failed', 'infrastructure'], exceptExitCodes: [2] },
  deadline: '7d',
  outputs: { model: Output.file(data, 'models/imagenet.pt') },
});

new Task(imagenet, 'evaluate', {
  command: ['python', 'evaluate.py', '--model', train.outputs.model, '--data', `${data}/validation`],
  gpu: 'A100',
  cpu: 8,
  memory: '32Gi',
  timeout: '2h',
  retries: 2,
});
