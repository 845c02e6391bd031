import { aDag, aJob, lines, type Rows, task, whole } from './refused-rows.ts';

const volume = (text: string) => `volumes: [${text}]`;
const long = (length: number) => `'${'x'.repeat(length)}'`;
const environment = (text: string) => `env: { ${text} }`;

/** Damaged pipelines by what is wrong: podloom refuses each, and the API server or Argo would refuse what it would make of it. */
export const pipelines: Rows = {
  'a pipeline name of 64 characters': {
    source: `new Task(new Pipeline(app, ${long(64)}, { image }), 't', { command: ['x'] });`,
    code: 'PL022',
  },
  'a task name that leaves no room for the run': {
    source: `new Task(new Pipeline(app, 'p', { image }), ${long(60)}, { command: ['x'] });`,
    code: 'PL022',
  },
  'a namespace that is no DNS label': whole("namespace: 'Not.Valid'", 'PL021'),
  'a service account that is no DNS name': task("serviceAccount: 'My Account'", 'PL021'),
  'a priority class that is no DNS name': task("priority: { class: 'Very High' }", 'PL021'),
  'a priority class that is not there': task("priority: { class: 'nobody-made-it' }", 'PL167', {
    profile: { priorityClasses: [] },
  }),
  'two tasks of one name': lines(
    "new Task(p, 'a b', { command: ['x'] });\nnew Task(p, 'a-b', { command: ['x'] });",
    'PL020',
    7,
    {
      target: 'argo',
      instead: [aDag({ name: 'a-b' }, { name: 'a-b' })],
    },
  ),
  'a label value with a space': task("labels: { owner: 'the team' }", 'PL083'),
  'a label key with a space': task("labels: { 'the owner': 'x' }", 'PL083'),
  'a label value of 64 characters': task(`labels: { a: ${long(64)} }`, 'PL083'),
  'a label value of the chart': whole("labels: { team: 'not valid!' }", 'PL083'),
  'an annotation key with a space': task("annotations: { 'a b': 'c' }", 'PL083'),
  'annotations above 256 KiB': task("annotations: { note: 'x'.repeat(270_000) }", 'PL328'),
  'a node selector key': task("nodeSelector: { 'a b': 'c' }", 'PL083'),
  'a node selector value': task("nodeSelector: { pool: 'a/b' }", 'PL083'),
  'a label of anti-affinity': task("antiAffinity: { mode: 'required', labels: { 'a b': 'c' } }", 'PL083'),
  'a quantity without a number': task("cpu: 'lots'", 'PL071'),
  'a quantity with an unknown suffix': task("memory: '8Gb'", 'PL071'),
  'a negative quantity': task("memory: '-1'", 'PL168'),
  'a request above its limit': task("memory: { request: '2Gi', limit: '1Gi' }", 'PL160'),
  'cpu above its limit': task('cpu: { request: 2, limit: 1.5 }', 'PL160'),
  'a size of shm': task("shm: '1G b'", 'PL071'),
  'a size of an emptyDir': task(volume("Volume.emptyDir('a', { sizeLimit: 'big' }).mount('/a')"), 'PL071'),
  'half a GPU': task('gpu: 0.5', 'PL354', {
    instead: [aJob({}, {}, { resources: { limits: { 'nvidia.com/gpu': '500m' } } })],
  }),
  'a negative number of GPUs': task('gpu: -1', 'PL354', {
    instead: [aJob({}, {}, { resources: { limits: { 'nvidia.com/gpu': -1 } } })],
  }),
  'a timeout of nothing': task("timeout: '0s'", 'PL354', { instead: [aJob({}, { activeDeadlineSeconds: 0 })] }),
  'a timeout of 273 years': task("timeout: '100000d'", 'PL354', {
    instead: [aJob({}, { activeDeadlineSeconds: 8_640_000_000 })],
  }),
  'a negative deadline': task('deadline: -5', 'PL354', { instead: [aJob({ activeDeadlineSeconds: -5 })] }),
  'a deadline with a fraction': task('deadline: 1.5', 'PL354', { instead: [aJob({ activeDeadlineSeconds: 1.5 })] }),
  'a schedule in words': whole("schedule: 'often'", 'PL073'),
  'a minute 61': whole("schedule: '61 * * * *'", 'PL073'),
  'a Sunday 7': whole("schedule: '0 0 * * 7'", 'PL073'),
  'a schedule of six fields': whole("schedule: '0 0 0 * * *'", 'PL073'),
  'a schedule with a time zone in it': whole("schedule: 'TZ=UTC 0 0 * * *'", 'PL073'),
  'a range that ends before it starts': whole("schedule: '0 0 * * 5-1'", 'PL073'),
  'a time zone that is none': whole("schedule: { cron: '0 0 * * *', timeZone: 'Mars/Base' }", 'PL074'),
  'a negative number of replicas': task('replicas: -1', 'PL075'),
  'half a replica': task('replicas: 1.5', 'PL075'),
  'a negative maxRunning': lines(
    "new Task(p, 't', { forEach: Items.of('a'), maxRunning: -1, command: ({ item }) => ['x', item] });",
    'PL075',
    6,
  ),
  'a negative number of retries': task('retries: -1', 'PL075'),
  'half a retry': task('retries: 0.5', 'PL075'),
  'a retry on exit code 0': task('retries: { limit: 1, exceptExitCodes: [0] }', 'PL075'),
  'a negative maxFailed': lines(
    "new Task(p, 't', { forEach: Items.of('a'), maxFailed: -1, command: ({ item }) => ['x', item] });",
    'PL075',
    6,
    { instead: [aJob({ completionMode: 'Indexed', completions: 1, backoffLimitPerIndex: 0, maxFailedIndexes: -1 })] },
  ),
  'a negative user': task('security: { user: -1 }', 'PL075'),
  'a group above 2³¹': task('security: { group: 2147483648 }', 'PL075'),
  'a negative fsGroup': task('security: { fsGroup: -1 }', 'PL075'),
  'privileged without escalation': task('security: { privileged: true, allowPrivilegeEscalation: false }', 'PL087', {
    instead: [aJob({}, {}, { securityContext: { privileged: true, allowPrivilegeEscalation: false } })],
  }),
  'CAP_SYS_ADMIN without escalation': task("security: { addCapabilities: ['CAP_SYS_ADMIN'] }", 'PL087', {
    instead: [
      aJob({}, {}, { securityContext: { allowPrivilegeEscalation: false, capabilities: { add: ['CAP_SYS_ADMIN'] } } }),
    ],
  }),
  'a mode above 0777': task(volume("Volume.secret('a', { defaultMode: 0o1000 }).mount('/a')"), 'PL075'),
  'a variable with = in its name': task(environment("'a=b': 'x'"), 'PL140'),
  'a variable without a name': task(environment("'': 'x'"), 'PL140'),
  'a prefix with =': task("envFrom: [{ secret: 's', prefix: 'a=' }]", 'PL140'),
  'a field that pods do not tell': task(environment("A: { field: 'spec.replicas' }"), 'PL328'),
  'a resource that containers do not have': task(
    environment("A: { valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } }"),
    'PL328',
  ),
  'a divisor that is no unit': task(
    environment("A: { valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '3' } } }"),
    'PL328',
  ),
  'a key of a Secret with a space': task(environment("A: { secret: 's', key: 'a b' }"), 'PL328'),
  'a sub path above the volume': task(volume("Volume.claim('a').mount('/a', { subPath: '../b' })"), 'PL079'),
  'an absolute sub path': task(volume("Volume.claim('a').mount('/a', { subPath: '/b' })"), 'PL079'),
  'two volumes at one path': task(volume("Volume.claim('a').mount('/a'), Volume.claim('b').mount('/a')"), 'PL080'),
  'a volume at a path of podloom': lines(
    "new Task(p, 't', { forEach: Items.of('a'), command: ({ item }) => ['x', item], volumes: [Volume.claim('a').mount('/podloom/items')] });",
    'PL082',
    6,
  ),
  'a file of a ConfigMap above the volume': task(
    volume("Volume.configMap('a', { items: { key: '../x' } }).mount('/a')"),
    'PL079',
  ),
  'a type of a host path': task(volume("Volume.hostPath('/a', { type: 'Folder' }).mount('/a')"), 'PL311'),
  'a host path with ..': task(volume("Volume.hostPath('/a/../b').mount('/a')"), 'PL328'),
  'a toleration without a key': task("tolerations: [{ operator: 'Equal', value: 'x' }]", 'PL171'),
  'a toleration that exists with a value': task("tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }]", 'PL171'),
  'a toleration with a bad key': task("tolerations: [{ key: 'a b', operator: 'Exists' }]", 'PL171'),
  'a toleration with an effect that is none': task(
    "tolerations: [{ key: 'a', operator: 'Exists', effect: 'Never' }]",
    'PL353',
    {
      instead: [aJob({}, { tolerations: [{ key: 'a', operator: 'Exists', effect: 'Never' }] })],
    },
  ),
  'no image': {
    source: "new Task(new Pipeline(app, 'p'), 't', { command: ['x'] });",
    code: 'PL356',
  },
  'a script that no ConfigMap takes': task("command: undefined, script: 'x'.repeat(1_100_000)", 'PL062'),
  'a cycle': lines(
    "const a = new Task(p, 'a', { command: ['x'] });\nconst b = new Task(p, 'b', { command: ['x'], after: a });\na.node.addDependency(b);",
    'PL100',
    6,
    { target: 'argo', instead: [aDag({ name: 'a', depends: 'b' }, { name: 'b', depends: 'a' })] },
  ),
  'a task of another pipeline': lines(
    "const q = new Task(new Pipeline(app, 'q', { image }), 'elsewhere', { command: ['x'] });\nnew Task(p, 't', { after: q, command: ['x'] });",
    'PL355',
    7,
    { target: 'argo', instead: [aDag({ name: 't', depends: 'elsewhere' })] },
  ),
  'items of a task without items': lines(
    "const a = new Task(p, 'a', { command: ['x'] });\nnew Task(p, 'b', { after: { task: a, on: 'anySucceeded' }, command: ['x'] });",
    'PL105',
    7,
    { target: 'argo' },
  ),
  'a parameter with a space in its name': whole("parameters: { 'learning rate': 1 }", 'PL145', { target: 'argo' }),
  'a parameter with a default that is no option': whole(
    "parameters: { mode: { type: 'string', default: 'a', options: ['b'] } }",
    'PL135',
    { target: 'argo' },
  ),
  'a parameter without options': whole("parameters: { mode: { type: 'string', default: 'a', options: [] } }", 'PL135', {
    target: 'argo',
  }),
  'an output with a space in its name': lines(
    "const a = new Task(p, 'a', { command: ['x'], outputs: { 'a b': 'number' } });\nnew Task(p, 'b', { command: ['x', a.outputs['a b']] });",
    'PL145',
    6,
    { target: 'argo' },
  ),
  'an output of a task that is not there': lines(
    "const q = new Task(new Pipeline(app, 'q', { image }), 'elsewhere', { command: ['x'], outputs: { loss: 'number' } });\nnew Task(p, 't', { command: ['x', q.outputs.loss] });",
    'PL350',
    7,
    {
      target: 'argo',
      instead: [
        aDag({
          name: 't',
          arguments: { parameters: [{ name: 'x', value: '{{tasks.elsewhere.outputs.parameters.loss}}' }] },
        }),
      ],
    },
  ),
  'a scheduled run without a value for a parameter': whole(
    "schedule: '@daily', parameters: { rate: { type: 'number' } }",
    'PL134',
    { target: 'argo' },
  ),
  'a user object without a name that is one': lines(
    "new ApiObject(p, 'extra', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'My_Notes' } });\nnew Task(p, 't', { command: ['x'] });",
    'PL321',
    5,
  ),
  'a user object with an unknown field': lines(
    "new ApiObject(p, 'extra', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, dta: {} });\nnew Task(p, 't', { command: ['x'] });",
    'PL310',
    5,
  ),
  'a user object damaged by a JSON patch': lines(
    "const q = new ApiObject(p, 'extra', { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'own' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } } });\nq.addJsonPatch(JsonPatch.replace('/spec/template/spec/restartPolicy', 'Always'));\nnew Task(p, 't', { command: ['x'] });",
    'PL328',
    5,
  ),
  'a ConfigMap of the user above 1 MiB': lines(
    "new ApiObject(p, 'extra', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'big' }, data: { a: 'x'.repeat(1_100_000) } });\nnew Task(p, 't', { command: ['x'] });",
    'PL317',
    5,
  ),
};
