import { definitions } from '../definition.ts';

const p = "const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });\n";
const task = (props: string) => `${p}new Task(p, 'show', { command: ['true'], ${props} });`;
const hint = (h: { hint: string | undefined }, otherwise: string) => h.hint ?? otherwise;

/** PL070…PL099: images, quantities, cron, retries, labels, volumes and other values. */
export const valueDefinitions = definitions({
  PL070: {
    severity: 'error',
    title: 'Bad image reference',
    message: (p: { field: string; image: string; problem: string; hint: string | undefined }) =>
      `\`${p.field}\` ${p.image} ${p.problem}`,
    help: (p) => hint(p, 'Write it as registry/repository:tag, for example "ghcr.io/acme/train:1.4".'),
    explanation:
      'The grammar is that of github.com/distribution/reference (v0.6). A pod with another image stays in InvalidImageName for ever, and no retry or backoff limit counts it.',
    example: `const p = new Pipeline(app, 'example', { image: 'ghcr.io/Acme/train:1.4' });
new Task(p, 'show', { command: ['true'] });`,
  },
  PL071: {
    severity: 'error',
    title: 'Bad quantity',
    message: (p: { field: string; quantity: string; problem: string; hint: string | undefined }) =>
      `\`${p.field}\` ${p.quantity} ${p.problem}`,
    help: (p) => hint(p, 'Write a number with a suffix of Kubernetes: 2, "500m", "8Gi", "1.5T".'),
    explanation:
      'A quantity is a number with one of the suffixes n, u, m, k, M, G, T, P, E (powers of 1000), Ki, Mi, Gi, Ti, Pi, Ei (powers of 1024) or an exponent (kubernetes apimachinery pkg/api/resource/quantity.go, v1.33).',
    example: task("memory: '8GB'"),
  },
  PL073: {
    severity: 'error',
    title: 'Bad cron schedule',
    message: (p: { cron: string; problem: string; hint: string | undefined }) => `\`schedule\` ${p.cron} ${p.problem}`,
    help: (p) =>
      hint(p, 'Write five fields: minute, hour, day of the month, month, day of the week, for example "30 2 * * 1-5".'),
    explanation:
      'Kubernetes and Argo parse schedules with the standard parser of github.com/robfig/cron v3. Refused besides: time zones in the schedule, `@every`, and days that no month has.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37', schedule: '0 25 * * *' });
new Task(p, 'show', { command: ['true'] });`,
  },
  PL074: {
    severity: 'error',
    title: 'Unknown time zone',
    message: (p: { timeZone: string; problem: string; hint: string | undefined }) =>
      `\`timeZone\` ${p.timeZone} ${p.problem}`,
    help: (p) => hint(p, 'Write a name such as "Europe/Berlin" or "Etc/UTC".'),
    explanation:
      'The controllers look a zone up in the files of the IANA time zone database, so upper and lower case matter. podloom knows the names of version 2025b.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37', schedule: { cron: '0 2 * * *', timeZone: 'europe/berlin' } });
new Task(p, 'show', { command: ['true'] });`,
  },
  PL075: {
    severity: 'error',
    title: 'Number out of range',
    message: (p: { field: string; value: number; rule: string }) =>
      `\`${p.field}\` is ${p.value}: it has to be ${p.rule}`,
    help: (p) => `Write ${p.rule}.`,
    explanation:
      'Counts, exit codes, user ids and modes are whole numbers in the range that Kubernetes and POSIX give them.',
    example: task('maxRunning: 0'),
  },
  PL077: {
    severity: 'error',
    title: 'Backoff cap below its base',
    message: (p: { base: string; cap: string }) =>
      `the backoff of \`retries\` has a cap of ${p.cap}, below its base of ${p.base}`,
    help: () => 'Raise the cap or lower the base.',
    explanation: 'The wait before an attempt starts at `base` and grows to at most `cap`.',
    example: {
      files: {
        'pipelines/example.ts': `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';
const app = new App();
${task("retries: { limit: 3, backoff: { base: '5m', cap: '30s' } }")}
`,
      },
      // The jobs target has a backoff of its own, and says so.
      args: ['synth', '--target', 'argo'],
    },
  },
  PL079: {
    severity: 'error',
    title: 'Bad path',
    message: (p: { field: string; path: string; problem: string }) => `${p.field} ${p.path} ${p.problem}`,
    help: () =>
      'Mount paths and working directories are absolute ("/data"), paths on a volume are relative to it ("models/best.pt").',
    explanation:
      'Kubernetes refuses mount paths with `:` and sub paths that are absolute or have `..` (pkg/apis/core/validation/validation.go, v1.33). Paths that are not clean could name one folder twice.',
    example: `const data = Volume.claim('data').mount('data');
${task('volumes: [data]')}`,
  },
  PL080: {
    severity: 'error',
    title: 'Two volumes at one path',
    message: (p: { path: string; first: string; second: string }) =>
      `the volumes "${p.first}" and "${p.second}" are both mounted at ${p.path}`,
    help: () => 'Mount one of them elsewhere.',
    explanation:
      'Mount paths of a container are unique (kubernetes pkg/apis/core/validation/validation.go, ValidateVolumeMounts, v1.33).',
    example: `const a = Volume.claim('data').mount('/data');
const b = Volume.claim('models').mount('/data');
${task('volumes: [a, b]')}`,
  },
  PL081: {
    severity: 'error',
    title: 'One volume name for two sources',
    message: (p: { name: string }) => `the volume "${p.name}" stands for two different sources`,
    help: () => 'Give one of them another name.',
    explanation: 'Volumes of a pod are told apart by their names.',
    example: `const a = Volume.emptyDir('cache').mount('/a');
const b = Volume.emptyDir('cache', { sizeLimit: '1Gi' }).mount('/b');
${task('volumes: [a, b]')}`,
  },
  PL082: {
    severity: 'error',
    title: 'Path that podloom uses itself',
    message: (p: { path: string }) => `a volume is mounted at ${p.path}`,
    help: () => 'Mount it elsewhere: podloom keeps items and outputs in /podloom, and /dev/shm is set with `shm`.',
    explanation:
      'Tables of items, the script and the outputs of a task are below /podloom in its container; the size of /dev/shm follows from `shm` and `gpu`.',
    example: `const data = Volume.claim('data').mount('/podloom/items');
${task('volumes: [data]')}`,
  },
  PL083: {
    severity: 'error',
    title: 'Bad label or annotation',
    message: (p: { field: string; text: string; problem: string }) => `${p.field} ${p.text} ${p.problem}`,
    help: () =>
      'Keys are `name` or `example.com/name`; names and values have at most 63 letters, digits, "-", "_" and ".".',
    explanation:
      'The syntax of keys and values is that of apimachinery pkg/util/validation/validation.go (IsQualifiedName, IsValidLabelValue, v1.33). Values of annotations are free.',
    example: task("labels: { team: 'computer vision' }"),
  },
  PL084: {
    severity: 'error',
    title: 'Label of podloom',
    message: (p: { field: string; key: string }) => `${p.field} sets ${p.key}, which podloom sets itself`,
    help: () => 'Use a prefix of your own, for example "example.com/team".',
    explanation:
      'The labels podloom.dev/pipeline, podloom.dev/task and podloom.dev/run say what belongs to a run: selectors, logs and clean-up go by them.',
    example: task("labels: { 'podloom.dev/task': 'train' }"),
  },
  PL085: {
    severity: 'error',
    title: 'Timeout above the deadline',
    message: (p: { inner: string; innerTime: string; outer: string; outerTime: string }) =>
      `${p.inner} of ${p.innerTime} is longer than ${p.outer} of ${p.outerTime}, so it never has an effect`,
    help: () => 'Make the inner one shorter, or leave it out.',
    explanation:
      'A `timeout` is for one attempt, the `deadline` of a task for all its items and attempts, the `deadline` of the pipeline for the whole run.',
    example: task("timeout: '2h', deadline: '1h'"),
  },
  PL086: {
    severity: 'error',
    title: 'More failures allowed than there are items',
    message: (p: { maxFailed: number; count: number }) =>
      `\`maxFailed\` is ${p.maxFailed}, but there ${p.count === 1 ? 'is only 1 item' : `are only ${p.count} items`}`,
    help: () => "Write a smaller number, or a percentage: `maxFailed: '5%'`.",
    explanation:
      'The task would succeed although every item failed. The API server refuses a Job with maxFailedIndexes above completions. Without `forEach` there is one item.',
    example: `${p}new Task(p, 'show', { forEach: Items.of('a', 'b'), command: ({ item }) => ['echo', item], maxFailed: 3 });`,
  },
  PL087: {
    severity: 'error',
    title: 'Security settings that exclude each other',
    message: (p: { problem: string }) => `\`security\` ${p.problem}`,
    help: (p) =>
      p.problem.includes('user 0')
        ? 'Name another user, or drop `nonRoot`.'
        : 'Set `allowPrivilegeEscalation: true` too.',
    explanation:
      'The API server refuses a privileged container, or one with CAP_SYS_ADMIN, that may not escalate (pkg/apis/core/validation/validation.go, ValidateSecurityContext, v1.33); the kubelet refuses to start user 0 where only others may run.',
    example: task('security: { user: 0, nonRoot: true }'),
  },
  PL088: {
    severity: 'error',
    title: 'Empty command',
    message: (p: { field: string }) => `\`${p.field}\` is an empty list`,
    help: (p) => `Name the program, or leave \`${p.field}\` out.`,
    explanation:
      'The first element of argv is the program. An empty list would run the entrypoint of the image in silence.',
    example: `${p}new Task(p, 'show', { command: [] });`,
  },
  PL089: {
    severity: 'error',
    title: 'Text that no process can get',
    message: (p: { field: string; problem: string }) => `\`${p.field}\` ${p.problem}`,
    help: () => 'Bring such data in as a file: on a volume, or in a ConfigMap.',
    explanation:
      'Arguments and environment variables are C strings: a NUL character ends them. Manifests are UTF-8, which has no lone surrogates. Linux refuses a single one above 128 KiB with E2BIG (MAX_ARG_STRLEN, include/uapi/linux/binfmts.h).',
    example: `${p}new Task(p, 'show', { command: ['printf', 'a\\0b'] });`,
  },
});
