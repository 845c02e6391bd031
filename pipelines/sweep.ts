// A hyperparameter sweep: every combination is trained, the best is kept and trained in full.
import { App } from 'cdk8s';
import { Items, Pipeline, Task, Volume } from 'podloom';

const app = new App();
const results = Volume.claim('sweep-results').mount('/results');

export const sweep = new Pipeline(app, 'sweep', {
  image: 'ghcr.io/acme/train:1.4',
  parameters: { dataset: 'cifar10', 'full-epochs': 200 },
});
const { dataset } = sweep.parameters;

const trial = new Task(sweep, 'trial', {
  forEach: Items.product({
    lr: [0.3, 0.1, 0.03, 0.01],
    width: [64, 128, 256],
    optimizer: ['sgd', 'adamw'],
    seed: Items.range(0, 3),
  }),
  command: ({ item, index }) => [
    'python',
    'train.py',
    `--dataset=${dataset}`,
    '--epochs=10',
    `--lr=${item.lr}`,
    `--width=${item.width}`,
    `--optimizer=${item.optimizer}`,
    `--seed=${item.seed}`,
    `--metrics=${results}/${sweep.run}/${index}.json`,
  ],
  gpu: 1,
  cpu: 4,
  memory: '16Gi',
  maxRunning: 24,
  maxFailed: 6,
  retries: 1,
  timeout: '1h',
});

const best = new Task(sweep, 'best', {
  after: trial,
  interpreter: ['python3'],
  script: `
import glob, json, os
trials = [json.load(open(name)) for name in glob.glob(os.path.join(os.environ["FOLDER"], "*.json"))]
winner = max(trials, key=lambda trial: trial["accuracy"])
for name in ("lr", "width", "optimizer", "accuracy"):
    with open(os.environ["PODLOOM_OUTPUT_" + name.upper()], "w") as out:
        out.write(str(winner[name]))
`,
  env: { FOLDER: `${results}/${sweep.run}` },
  cpu: 1,
  memory: '1Gi',
  outputs: { lr: 'number', width: 'number', optimizer: 'string', accuracy: 'number' },
});

new Task(sweep, 'full', {
  command: [
    'python',
    'train.py',
    `--dataset=${dataset}`,
    `--epochs=${sweep.parameters['full-epochs']}`,
    `--lr=${best.outputs.lr}`,
    `--width=${best.outputs.width}`,
    `--optimizer=${best.outputs.optimizer}`,
    `--save=${results}/${sweep.run}/best.pt`,
  ],
  gpu: 'A100:4',
  cpu: 16,
  memory: '64Gi',
  retries: 2,
});
