import { describe, expect, it } from 'vitest';
import { Collector } from '../../../src/diagnostics/collector.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import { defaultProfile, type Profile } from '../../../src/ir/profile.ts';
import type { Task } from '../../../src/ir/task.ts';
import { jobsTarget } from '../../../src/targets/jobs/index.ts';
import { aContainer, aPipeline, aRange, aTask } from '../../rig/ir.ts';

/** What `supports` reports, as `code severity: message Help: help`. */
function reports(task: Partial<Task>, pipeline: Partial<Pipeline> = {}, profile: Profile = defaultProfile): string[] {
  const diagnostics = new Collector();
  jobsTarget.supports(aPipeline({ tasks: [aTask(task)], ...pipeline }), profile, diagnostics);
  return diagnostics
    .sorted()
    .map(({ code, severity, message, help }) => `${code} ${severity}: ${message}. Help: ${help}`);
}

const retries = { limit: 2, on: ['failed', 'infrastructure'], exceptExitCodes: [] } as const;
const schedule = { cron: '0 3 * * *', timeZone: 'Etc/UTC', concurrencyPolicy: 'Forbid', suspend: false } as const;

describe('what Jobs cannot mean', () => {
  it('is nothing for plain tasks, fan-outs and ranks', () => {
    expect(reports({ retries })).toEqual([]);
    expect(reports({ forEach: aRange(5), retries, maxRunning: 2 })).toEqual([]);
    expect(reports({ replicas: 4, maxRunning: 4 }, { schedule })).toEqual([]);
    expect(reports({ forEach: aRange(5) }, {}, { ...defaultProfile, kubernetes: '1.29' })).toEqual([]);
    expect(reports({}, {}, { ...defaultProfile, kubernetes: '1.28' })).toEqual([]);
    expect(reports({ patches: { podSpec: { restartPolicy: 'Never' } } })).toEqual([]);
  });

  it('is a file in an S3 store', () => {
    const store = { endpoint: 's3.amazonaws.com', bucket: 'b', insecure: false };
    expect(reports({ outputs: [{ kind: 's3', name: 'model', path: '/m', key: 'k', store }] })).toEqual([
      'PL260 error: task "task" puts "model" into an S3 store, which nothing does for a plain Job. Help: Use Output.file on a shared volume, let the program upload the file, or synthesize for argo only (--target argo).',
    ]);
  });

  it('is a backoff of one’s own', () => {
    expect(reports({ retries: { ...retries, backoff: { seconds: 5, factor: 2 } } })).toEqual([
      'PL261 warning: the `backoff` of task "task" has no effect on the jobs target. Help: Leave it out; Kubernetes waits 10 s before the first retry and twice as long before each next one, up to 10 minutes.',
    ]);
    expect(reports({ retries: { ...retries, limit: 0, backoff: { seconds: 5, factor: 2 } } })).toEqual([]);
  });

  it('is a fan-out before Kubernetes 1.29', () => {
    expect(reports({ forEach: aRange(5) }, {}, { ...defaultProfile, kubernetes: '1.28' })).toEqual([
      `PL262 error: task "task" runs for each item, and Jobs of Kubernetes 1.28 cannot retry and fail items one by one. Help: Use a profile with Kubernetes 1.29 or newer, or have Argo loop over the items: at most some thousand of them, with argoStrategy 'loop' and --target argo.`,
    ]);
  });

  it('is a long list of items made at run time', () => {
    const list = (maxItems: number) =>
      reports({ outputs: [{ kind: 'list', name: 'shards', shape: { kind: 'scalar' }, maxItems }] });
    expect(list(256)).toEqual([]);
    expect(list(257)).toEqual([
      'PL263 warning: the list "shards" of task "task" may have 257 items; on the jobs target all of it must fit 4,096 bytes. Help: Set `maxItems` to at most 256 if the list is short, else synthesize for argo only (--target argo).',
    ]);
  });

  it('is a restart of the container', () => {
    expect(reports({ patches: { podSpec: { restartPolicy: 'OnFailure' } } })).toEqual([
      'PL264 error: the pod patch of task "task" sets restartPolicy "OnFailure"; Jobs of podloom need "Never". Help: Take restartPolicy out of the patch and use `retries`.',
    ]);
    expect(reports({ patches: { podSpec: { restartPolicy: null } } })).toHaveLength(1);
  });

  it('is a volume under a name of podloom’s own', () => {
    const volume = (name: string, mountPath: string) =>
      ({ volume: name, source: { kind: 'emptyDir' }, mountPath, readOnly: false }) as const;
    const volumes = [volume('podloom-bin', '/a'), volume('podloom-bin', '/b'), volume('podloom-data', '/c')];
    expect(reports({ container: aContainer({ volumes }) })).toEqual([
      'PL265 error: task "task" has a volume called "podloom-bin", as one that podloom adds to pods. Help: Give the volume another name.',
    ]);
  });

  it('is a deadline shorter than the time between two looks at the schedule', () => {
    expect(reports({}, { schedule: { ...schedule, startingDeadlineSeconds: 10 } })).toEqual([]);
    expect(reports({}, { schedule: { ...schedule, startingDeadlineSeconds: 9 } })).toEqual([
      'PL266 warning: the schedule gives a run 9 s to start; a CronJob is looked at only every 10 s, so runs may never start. Help: Set startingDeadline to 10 s or more.',
    ]);
  });

  it('is a bound below the number of ranks', () => {
    const message =
      'PL267 warning: task "task" has 4 replicas and may run 2 pods at once; replicas wait for each other, so all of them start. Help: Set maxRunning to 4 or more, or take fewer replicas.';
    expect(reports({ replicas: 4, maxRunning: 2 })).toEqual([message]);
    expect(reports({ replicas: 4 }, { maxRunning: 2 })).toEqual([message]);
  });
});
