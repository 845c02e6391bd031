// A training job that has to stay up: its ranks stand on different nodes, spread over the zones, go before other work,
// and come back from the last checkpoint when a node is lost. Supporting objects are cdk8s-plus constructs.
import { ApiObject, App, Duration, Size } from 'cdk8s';
import { ConfigMap, Cpu, ServiceAccount } from 'cdk8s-plus-28';
import { Pipeline, Task, Volume } from 'podloom';

const app = new App();
const checkpoints = Volume.claim('llm-checkpoints').mount('/checkpoints');

export const criticalTraining = new Pipeline(app, 'critical-training', { image: 'ghcr.io/acme/llm:7.2' });

const trainer = new ServiceAccount(criticalTraining, 'trainer', { metadata: { name: 'trainer' } });
const settings = new ConfigMap(criticalTraining, 'settings', {
  metadata: { name: 'llm-settings' },
  data: { 'model.yaml': 'layers: 48\nhidden: 6144\nheads: 48\n' },
});

const train = new Task(criticalTraining, 'train', {
  command: [
    'torchrun',
    '--nnodes=3',
    '--nproc-per-node=8',
    '--max-restarts=100',
    'pretrain.py',
    '--resume',
    checkpoints,
  ],
  volumes: [checkpoints, Volume.configMap(settings).mount('/etc/llm')],
  serviceAccount: trainer,
  replicas: 3,
  gpu: 'H100:8',
  cpu: Cpu.units(96),
  memory: Size.gibibytes(900),
  shm: Size.gibibytes(128),
  spread: 'zones',
  antiAffinity: 'required',
  priority: 'critical',
  labels: { app: 'llm-pretraining' },
  retries: 20,
  terminationGrace: Duration.minutes(5),
});

new Task(criticalTraining, 'export', {
  after: train,
  command: ['python', 'export.py', checkpoints, '--format', 'safetensors'],
  cpu: 8,
  memory: '64Gi',
  retries: 3,
});

// One rank may be evicted at a time while a node is drained. Pods of a Job need an integer minAvailable.
new ApiObject(criticalTraining, 'budget', {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'llm-pretraining' },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'llm-pretraining' } } },
});
