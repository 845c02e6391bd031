/** Pipelines whose mistake has the code of another example, by name: what they print is in `variants/`. */
const head = "const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });\n";

export const variants: { readonly [name: string]: string } = {
  'fractional-gpu': `${head}new Task(p, 'train', { command: ['true'], gpu: 0.5 });`,
  'unknown-task-in-after': `${head}new Task(p, 'show', { command: ['true'], after: ['decode'] as never });`,
  'dependency-on-another-pipeline': `const other = new Pipeline(app, 'other', { image: 'busybox:1.37' });
const elsewhere = new Task(other, 'elsewhere', { command: ['true'] });
${head}new Task(p, 'show', { command: ['true'] }).node.addDependency(elsewhere);`,
  'backoff-without-base': `${head}new Task(p, 'show', { command: ['true'], retries: { limit: 2, backoff: {} as never } });`,
  'unknown-edge-condition': `${head}const decode = new Task(p, 'decode', { command: ['true'] });
new Task(p, 'show', { command: ['true'], after: { task: decode, on: 'sometimes' as never } });`,
  'item-number-in-job-name': `${head}new Task(p, 'a-name-that-leaves-no-room-for-numbers-of-items', {
  forEach: Items.range(0, 1_000_000), command: ({ item }) => ['echo', item],
});`,
  'cron-workflow-name': `const p = new Pipeline(app, 'a-pipeline-with-a-name-that-is-too-long-for-cron-jobs', {
  image: 'busybox:1.37', schedule: '0 3 * * *',
});
new Task(p, 'show', { command: ['true'] });`,
  'annotations-too-large': `${head}new Task(p, 'show', { command: ['true'] });
new ApiObject(p, 'own', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'own', annotations: { note: 'x'.repeat(262_145) } } });`,
  'object-too-large-for-etcd': `${head}new Task(p, 'show', { command: ['true'] });
new ApiObject(p, 'own', { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'own' }, spec: { text: 'x'.repeat(1_600_000) } });`,
};
