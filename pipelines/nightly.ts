// Every night: find what is new, ingest it, compact on request, and say how it went, also when it failed.
import { App } from 'cdk8s';
import { eq, Output, Pipeline, Task, Volume } from 'podloom';

const app = new App();
const lake = Volume.claim('data-lake').mount('/lake');

export const nightly = new Pipeline(app, 'nightly', {
  image: 'ghcr.io/acme/ingest:3.1',
  schedule: { cron: '30 2 * * *', timeZone: 'Europe/Berlin', concurrencyPolicy: 'Forbid', startingDeadline: '1h' },
  parameters: {
    source: { type: 'string', default: 'sftp://partner.example', description: 'Where new files are found' },
    compaction: { type: 'string', default: 'full', options: ['full', 'none'] },
  },
  deadline: '5h',
});

const find = new Task(nightly, 'find', {
  command: ['find-new', nightly.parameters.source],
  env: { TOKEN: { secret: 'partner', key: 'token' } },
  retries: 5,
  outputs: { files: Output.list({ maxItems: 256 }) },
});

const ingest = new Task(nightly, 'ingest', {
  forEach: find.outputs.files,
  command: ({ item }) => ['ingest', item, `--to=${lake}/raw`],
  cpu: 2,
  memory: '4Gi',
  maxRunning: 20,
  retries: 2,
});

new Task(nightly, 'compact', {
  after: ingest,
  when: eq(nightly.parameters.compaction, 'full'),
  command: ['compact', lake],
  cpu: 8,
  memory: '32Gi',
  timeout: '2h',
});

new Task(nightly, 'report', {
  onExit: true,
  image: 'curlimages/curl:8.10.1',
  command: [
    'curl',
    '--fail',
    '--silent',
    '--show-error',
    '--data-urlencode',
    `text=nightly ${nightly.run}: ${nightly.status}`,
    'https://chat.example/hook',
  ],
  retries: 3,
  timeout: '2m',
});
