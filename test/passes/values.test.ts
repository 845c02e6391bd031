import { describe, expect, test } from 'vitest';
import type { Retries, Security, VolumeMount } from '../../src/ir/task.ts';
import { aCommand, aContainer, aPipeline, aTable, aTask } from '../rig/ir.ts';
import { findings, findingsOfTask } from './check.ts';

const here = 'error example/task:';

test('images', () => {
  expect(
    findings(aPipeline({ busyboxImage: 'Busybox', tasks: [aTask({ container: aContainer({ image: 'a b' }) })] })),
  ).toEqual([
    `PL070 error example: \`busyboxImage\` "Busybox" has upper-case letters in its repository: repositories are lower-case
  help: Did you mean "busybox"?`,
    `PL070 ${here} \`image\` "a b" has white space in it
  help: Write it as registry/repository:tag, for example "ghcr.io/acme/train:1.4".`,
  ]);
});

test('quantities', () => {
  expect(findingsOfTask({ cpu: { request: 'two' }, memory: { request: '8GB', limit: '8GB' }, shm: '1x' })).toEqual([
    `PL071 ${here} \`cpu\` "two" is not a quantity: it has no number
  help: Write a number with a suffix of Kubernetes: 2, "500m", "8Gi", "1.5T".`,
    `PL071 ${here} \`memory\` "8GB" is not a quantity: the suffix "GB" is unknown
  help: Did you mean "8Gi" (powers of 1024) or "8G" (powers of 1000)?`,
    `PL071 ${here} \`shm\` "1x" is not a quantity: the suffix "x" is unknown
  help: Write a number with a suffix of Kubernetes: 2, "500m", "8Gi", "1.5T".`,
  ]);
});

test('schedules', () => {
  const schedule = {
    cron: '0 25 * * *',
    timeZone: 'europe/berlin',
    concurrencyPolicy: 'Forbid',
    suspend: false,
  } as const;
  expect(findings(aPipeline({ schedule, tasks: [aTask()] }))).toEqual([
    `PL073 error example: \`schedule\` "0 25 * * *" has 25 as hour: it goes from 0 to 23
  help: Write five fields: minute, hour, day of the month, month, day of the week, for example "30 2 * * 1-5".`,
    `PL074 error example: \`timeZone\` "europe/berlin" is not a name in the IANA time zone database
  help: Did you mean "Europe/Berlin"?`,
  ]);
});

describe('numbers', () => {
  const retries: Retries = { limit: 0, on: ['failed'], exceptExitCodes: [] };
  test('out of range', () => {
    const whole = (rule: string) => `a whole number ${rule}\n  help: Write a whole number ${rule}.`;
    expect(
      findings(
        aPipeline({
          maxRunning: 0,
          tasks: [
            aTask({
              replicas: 1.5,
              maxRunning: -1,
              retries: { ...retries, limit: Number.NaN, exceptExitCodes: [0, 3] },
            }),
          ],
        }),
      ),
    ).toEqual([
      `PL075 error example: \`maxRunning\` is 0: it has to be ${whole('of at least 1')}`,
      `PL075 ${here} \`replicas\` is 1.5: it has to be ${whole('of at least 1')}`,
      `PL075 ${here} \`maxRunning\` is -1: it has to be ${whole('of at least 1')}`,
      `PL075 ${here} \`retries.limit\` is NaN: it has to be ${whole('of at least 0')}`,
      `PL075 ${here} \`retries.exceptExitCodes\` is 0: it has to be ${whole('from 1 to 255')}`,
    ]);
  });

  test('of users, modes and lists', () => {
    const security: Security = { ...aContainer().security, runAsUser: -1 };
    const volumes: VolumeMount[] = [
      {
        volume: 'keys',
        source: { kind: 'secret', object: 'keys', optional: false, defaultMode: 400 },
        mountPath: '/keys',
        readOnly: true,
      },
      {
        volume: 'more',
        source: { kind: 'secret', object: 'more', optional: false, defaultMode: 0o1000 },
        mountPath: '/more',
        readOnly: true,
      },
    ];
    const list = { kind: 'list', name: 'shards', shape: { kind: 'scalar' }, maxItems: 0 } as const;
    expect(
      findingsOfTask({ container: aContainer({ security, volumes }), outputs: [list] }).map(
        (text) => text.split('\n')[0],
      ),
    ).toEqual([
      `PL075 ${here} \`security.user\` is -1: it has to be a whole number from 0 to 2147483647`,
      `PL075 ${here} \`outputs.shards.maxItems\` is 0: it has to be a whole number of at least 1`,
      `PL075 ${here} \`volumes.more.defaultMode\` is 512: it has to be a file mode from 0 to 0o777`,
    ]);
  });

  test('of a backoff', () => {
    const backoff = { seconds: 300, factor: 0.5, capSeconds: 30 };
    expect(findingsOfTask({ retries: { ...retries, backoff } })).toEqual([
      `PL075 ${here} \`retries.backoff.factor\` is 0.5: it has to be a number of at least 1
  help: Write a number of at least 1.`,
      `PL077 ${here} the backoff of \`retries\` has a cap of 30s, below its base of 5m
  help: Raise the cap or lower the base.`,
    ]);
  });

  test('of failures', () => {
    const help = "\n  help: Write a smaller number, or a percentage: `maxFailed: '5%'`.";
    const forEach = aTable(['a', 'b']);
    expect(findingsOfTask({ forEach, maxFailed: { kind: 'count', count: 2 } })).toEqual([]);
    expect(findingsOfTask({ forEach, maxFailed: { kind: 'count', count: 3 } })).toEqual([
      `PL086 ${here} \`maxFailed\` is 3, but there are only 2 items${help}`,
    ]);
    expect(findingsOfTask({ maxFailed: { kind: 'count', count: 2 } })).toEqual([
      `PL086 ${here} \`maxFailed\` is 2, but there is only 1 item${help}`,
    ]);
    expect(findingsOfTask({ maxFailed: { kind: 'percent', percent: 101 } })).toEqual([
      `PL075 ${here} \`maxFailed\` is 101: it has to be a percentage from 0% to 100%
  help: Write a percentage from 0% to 100%.`,
    ]);
  });
});

test('times', () => {
  const help = '\n  help: Make the inner one shorter, or leave it out.';
  expect(findingsOfTask({ timeoutSeconds: 7200, deadlineSeconds: 3600 })).toEqual([
    `PL085 ${here} \`timeout\` of 2h is longer than \`deadline\` of 1h, so it never has an effect${help}`,
  ]);
  expect(
    findings(
      aPipeline({
        deadlineSeconds: 60,
        tasks: [aTask({ timeoutSeconds: 61 }), aTask({ name: 'b', timeoutSeconds: 60 })],
      }),
    ),
  ).toEqual([
    `PL085 ${here} \`timeout\` of 1m1s is longer than the pipeline's \`deadline\` of 1m, so it never has an effect${help}`,
  ]);
});

describe('volumes', () => {
  const mount = (volume: string, mountPath: string, more: Partial<VolumeMount> = {}): VolumeMount => ({
    volume,
    source: { kind: 'emptyDir' },
    mountPath,
    readOnly: false,
    ...more,
  });
  const findingsOfVolumes = (...volumes: VolumeMount[]) =>
    findingsOfTask({ shm: '1Gi', container: aContainer({ volumes }) });

  test('paths', () => {
    const help =
      '\n  help: Mount paths and working directories are absolute ("/data"), paths on a volume are relative to it ("models/best.pt").';
    const container = aContainer({
      workingDir: 'src',
      volumes: [mount('a', 'data'), mount('b', '/b', { subPath: '../x' })],
    });
    const outputs = [{ kind: 'file', name: 'model', volume: 'b', path: '/model' }] as const;
    expect(findingsOfTask({ container, outputs })).toEqual([
      `PL079 ${here} the mount path of "a" "data" is not absolute: it has to start with "/"${help}`,
      `PL079 ${here} the sub path of "b" "../x" has a ".." in it${help}`,
      `PL079 ${here} \`workingDir\` "src" is not absolute: it has to start with "/"${help}`,
      `PL079 ${here} the path of output "model" "/model" is absolute: it has to be relative to the volume${help}`,
    ]);
  });

  test('clashes', () => {
    expect(
      findingsOfVolumes(
        mount('a', '/data'),
        mount('b', '/data'),
        mount('a', '/x', { source: { kind: 'hostPath', path: '/x' } }),
      ),
    ).toEqual([
      `PL081 ${here} the volume "a" stands for two different sources
  help: Give one of them another name.`,
      `PL080 ${here} the volumes "a" and "b" are both mounted at /data
  help: Mount one of them elsewhere.`,
    ]);
  });

  test('paths of podloom', () => {
    const help =
      '\n  help: Mount it elsewhere: podloom keeps items and outputs in /podloom, and /dev/shm is set with `shm`.';
    expect(findingsOfVolumes(mount('a', '/podloom/x'), mount('b', '/dev/shm'), mount('c', '/podlooms'))).toEqual([
      `PL082 ${here} a volume is mounted at /podloom/x${help}`,
      `PL082 ${here} a volume is mounted at /dev/shm${help}`,
    ]);
  });
});

test('labels', () => {
  const help =
    '\n  help: Keys are `name` or `example.com/name`; names and values have at most 63 letters, digits, "-", "_" and ".".';
  const rule = 'may have only letters, digits, "-", "_" and ".", and starts and ends with a letter or digit';
  expect(
    findingsOfTask({ podLabels: { team: 'computer vision', '-x': '' }, podAnnotations: { 'a b': 'free text!' } }),
  ).toEqual([
    `PL083 ${here} the value of "team" in \`labels\` "computer vision" ${rule}${help}`,
    `PL083 ${here} the key of \`labels\` "-x" ${rule}${help}`,
    `PL083 ${here} the key of \`annotations\` "a b" ${rule}${help}`,
  ]);
  expect(findingsOfTask({ podLabels: { 'podloom.dev/task': 'x' } })).toEqual([
    `PL084 ${here} \`labels\` sets "podloom.dev/task", which podloom sets itself
  help: Use a prefix of your own, for example "example.com/team".`,
  ]);
});

test('security', () => {
  const of = (overrides: Partial<Security>) =>
    findingsOfTask({ container: aContainer({ security: { ...aContainer().security, ...overrides } }) });
  expect(of({ privileged: true })).toEqual([
    `PL087 ${here} \`security\` is privileged, but does not allow privilege escalation
  help: Set \`allowPrivilegeEscalation: true\` too.`,
  ]);
  expect(of({ addCapabilities: ['SYS_ADMIN'] })).toEqual([
    `PL087 ${here} \`security\` adds SYS_ADMIN, but does not allow privilege escalation
  help: Set \`allowPrivilegeEscalation: true\` too.`,
  ]);
  expect(of({ runAsNonRoot: true, runAsUser: 0 })).toEqual([
    `PL087 ${here} \`security\` has user 0, but must not run as root
  help: Name another user, or drop \`nonRoot\`.`,
  ]);
  expect(of({ privileged: true, allowPrivilegeEscalation: true })).toEqual([]);
});

describe('programs', () => {
  test('empty ones', () => {
    expect(findingsOfTask({ container: aContainer({ program: aCommand() }) })).toEqual([
      `PL088 ${here} \`command\` is an empty list
  help: Name the program, or leave \`command\` out.`,
    ]);
    const script = { kind: 'script', source: 'x', interpreter: [], args: [] } as const;
    expect(findingsOfTask({ container: aContainer({ program: script }) }).map((text) => text.split('\n')[0])).toEqual([
      `PL088 ${here} \`interpreter\` is an empty list`,
    ]);
  });

  test('text that no process can get', () => {
    const help = '\n  help: Bring such data in as a file: on a volume, or in a ConfigMap.';
    const of = (text: string) => findingsOfTask({ container: aContainer({ program: aCommand('echo', text) }) });
    expect(of('a\0b')).toEqual([`PL089 ${here} \`command\` has a NUL character in it${help}`]);
    expect(of('\ud800')).toEqual([
      `PL089 ${here} \`command\` has half of a surrogate pair in it, which is no character${help}`,
    ]);
    expect(of('é'.repeat(65_536))).toEqual([
      `PL089 ${here} \`command\` has a text of 131072 bytes: at most 131071 fit${help}`,
    ]);
    expect(of('x'.repeat(131_071))).toEqual([]);
    const variables = [{ kind: 'text', name: 'X', text: ['\0'] }] as const;
    expect(findingsOfTask({ container: aContainer({ environment: { variables, from: [] } }) })).toEqual([
      `PL089 ${here} \`env.X\` has a NUL character in it${help}`,
    ]);
  });
});
