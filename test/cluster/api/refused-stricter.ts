import { aJob, lines, type Rows, type StricterRow, task, whole } from './refused-rows.ts';

const because = (why: string, row: Omit<StricterRow, 'why'>): StricterRow => ({ ...row, why });
const volume = (text: string) => `volumes: [${text}]`;

/** What podloom refuses although the API server takes it: it would do something else than it says, or nothing, or fail later. */
export const stricter: Rows<StricterRow> = {
  'a schedule that never fires': because('nobody would notice', whole("schedule: '0 0 31 2 *'", 'PL073')),
  'a schedule every five minutes': because(
    'it counts from when the controller started',
    whole("schedule: '@every 5m'", 'PL073'),
  ),
  'a fraction of a byte': because('there is none; it means 0.5 MB', task("memory: '0.5m'", 'PL168')),
  'no replicas': because('the task would succeed without having run', task('replicas: 0', 'PL075')),
  'a maxRunning of 0': because(
    'the Job would wait for ever',
    lines(
      "new Task(p, 't', { forEach: Items.of('a'), maxRunning: 0, command: ({ item }) => ['x', item] });",
      'PL075',
      6,
    ),
  ),
  'an exit code above 255': because(
    'no program ends with it',
    task('retries: { limit: 1, exceptExitCodes: [256] }', 'PL075'),
  ),
  'more than all items may fail': because(
    'a mistake of the writer',
    lines(
      "new Task(p, 't', { forEach: Items.of('a'), maxFailed: '101%', command: ({ item }) => ['x', item] });",
      'PL354',
      6,
      {
        instead: [aJob({ completionMode: 'Indexed', completions: 1, backoffLimitPerIndex: 0, maxFailedIndexes: 1 })],
      },
    ),
  ),
  'root, and not as root': because(
    'the kubelet refuses to start it',
    task('security: { user: 0, nonRoot: true }', 'PL087'),
  ),
  'a variable that starts with a digit': because(
    'Kubernetes before 1.34 refuses it',
    task("env: { '1bad': 'x' }", 'PL140'),
  ),
  'a variable of podloom': because('it would be overwritten', task("env: { PODLOOM_RUN: 'x' }", 'PL142')),
  'the index of the Job': because('the Job controller sets it', task("env: { JOB_COMPLETION_INDEX: 'x' }", 'PL142')),
  'a relative mount path': because(
    'container runtimes differ in what it means',
    task(volume("Volume.claim('a').mount('a')"), 'PL079'),
  ),
  'a mount path with a colon': because(
    'container runtimes cut it there',
    task(volume("Volume.claim('a').mount('/a:b')"), 'PL079'),
  ),
  'a volume at the root': because('it hides the whole image', task(volume("Volume.claim('a').mount('/')"), 'PL079')),
  'a relative host path': because(
    'the kubelet takes it for one below its own folder',
    task(volume("Volume.hostPath('a').mount('/a')"), 'PL079'),
  ),
  'a claim that is no DNS name': because(
    'no claim is called so, and the pod waits for ever',
    task(volume("Volume.claim('A B').mount('/a')"), 'PL021'),
  ),
  'a Secret that is no DNS name': because(
    'no Secret is called so, and the pod waits for ever',
    task(volume("Volume.secret('A B').mount('/a')"), 'PL021'),
  ),
  'a relative working folder': because('the container does not start', task("workingDir: 'src'", 'PL079')),
  'an image in upper case': because(
    'the kubelet cannot pull it: InvalidImageName',
    task("image: 'Not/Valid'", 'PL070'),
  ),
  'a negative grace period': because(
    'Kubernetes makes it 1 s',
    task('terminationGrace: -1', 'PL354', { instead: [aJob({}, { terminationGracePeriodSeconds: -1 })] }),
  ),
  'two files of one volume name': because(
    'one of the two would be lost',
    task(volume("Volume.emptyDir('a').mount('/a'), Volume.emptyDir('a', { medium: 'Memory' }).mount('/b')"), 'PL081'),
  ),
  'a condition between a number and a text': because(
    'targets would convert it in different ways',
    lines(
      "new Task(p, 't', { command: ['x'] });\nconst q = new Pipeline(app, 'q', { image, parameters: { n: 1 } });\nnew Task(q, 't', { command: ['x'], when: eq(q.parameters.n, 'a') });",
      'PL136',
      8,
    ),
  ),
  'an empty command': because('the entrypoint of the image would run in silence', task('command: []', 'PL088')),
  'an empty list of items': because(
    'the task would succeed without having run',
    lines("new Task(p, 't', { forEach: Items.of([]), command: ({ item }) => ['x', item] });", 'PL050', 6),
  ),
  'a run name in a label of its own': because('podloom sets it', task("labels: { 'podloom.dev/run': 'x' }", 'PL084')),
  'a timeout above the deadline': because('it never has an effect', task("timeout: '2h', deadline: '1h'", 'PL085')),
};
