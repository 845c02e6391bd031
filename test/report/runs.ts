import type { TaskStatus } from '../../src/runner/edges.ts';
import type { Failure } from '../../src/runner/failure.ts';
import type { PlannedTask } from '../../src/runner/state/plan.ts';
import type { AttemptLine } from '../../src/runner/state/run-record.ts';
import { anAttempt, aPlan, aState, aSummary, type MadeRun, numbers, START } from './rig.ts';

/** Runs of several sizes and kinds, always the same. */

const TRACE = `Traceback (most recent call last):
  File "/app/decode.py", line 81, in <module>
    main(sys.argv[1])
  File "/app/decode.py", line 44, in main
    raise ValueError(f"shard {name}: bad magic number 0x{magic:08x}")
ValueError: shard is damaged: bad magic number 0x1f8b0800
podloom: exit code 1
`;

/** An image pipeline with `count` items that are decoded on `slots` places, of which a few fail. */
export function imagesRun(count: number, slots = 64): MadeRun {
  const next = numbers(7);
  const attempts: AttemptLine[] = [];
  const files: { [path: string]: string } = {};
  const free: number[] = Array.from({ length: slots }, (_slot, index) => START + 4000 + index * 37);
  let failed = 0;
  for (let index = 0; index < count; index++) {
    const item = `shard-${String(index).padStart(6, '0')}.tar`;
    for (let attempt = 1; attempt <= 3; attempt++) {
      const slot = free.indexOf(Math.min(...free));
      const started = free[slot]!;
      const slow = next() < 0.004 ? 9 : 1;
      const ended = started + Math.round((1500 + next() * next() * 6000) * slow);
      free[slot] = ended + 40;
      const failure = index % 397 === 5 ? ({ kind: 'exit', code: 1 } as const) : failureOf(next(), attempt);
      const node = `gpu-node-${slot % 8}`;
      const log = `decode/${item}.${failure === undefined ? 'log' : 'err'}`;
      const queued = Math.max(START + 2000, started - Math.round(next() * 9000));
      attempts.push({
        task: 'decode',
        item,
        index,
        attempt,
        queued,
        started,
        ended,
        node,
        log,
        ...(failure && { failure }),
      });
      if (failure === undefined) break;
      if (attempt === 3) {
        failed++;
        files[`decode/${item}.err`] = TRACE;
      } else files[`decode/attempts/${item}.${attempt}.err`] = TRACE;
    }
  }
  const last = Math.max(...free);
  const single = (task: string, started: number, ended: number): void => {
    const log = `${task}/main.log`;
    attempts.push({ task, item: 'main', index: 0, attempt: 1, started, ended, log });
    files[log] = 'done\n';
  };
  single('list', START + 100, START + 3800);
  single('notify', last + 200, last + 900);
  const plan = [
    aPlan('list'),
    aPlan('decode', ['list'], { total: count, gpus: 2, gpuProduct: 'H100', place: 'pipelines/images.ts:31:7' }),
    aPlan('train', ['decode'], { replicas: 4, gpus: 32, gpuProduct: 'H100', place: 'pipelines/images.ts:52:7' }),
    aPlan('evaluate', ['train'], { when: 'train.accuracy >= 0.9' }),
    aPlan('salvage', ['decode:failed'], { place: 'pipelines/images.ts:70:1' }),
    aPlan('notify', [], { phase: 'exit' }),
  ];
  const never = (name: string, reason: string) =>
    aSummary(name, { status: 'neverRan', total: 0, succeeded: 0, reason, started: undefined, ended: last + 100 });
  const tasks = [
    aSummary('list', { started: START + 50, ended: START + 3900 }),
    aSummary('decode', {
      ...{ status: failed > 0 ? 'failed' : 'succeeded', total: count, succeeded: count - failed, failed },
      ...{ started: START + 4000, ended: last },
    }),
    never('train', 'it needs "decode" succeeded, and that was failed'),
    never('evaluate', 'it needs "train" succeeded, and that never ran'),
    aSummary('salvage', {
      status: 'skipped',
      total: 0,
      succeeded: 0,
      started: undefined,
      reason: 'its `when` does not hold',
    }),
    aSummary('notify', { started: last + 150, ended: last + 950 }),
  ];
  const state = aState({
    ...{ pipeline: 'images', run: 'images-2026-11', command: 'podloom run images --local --run images-2026-11' },
    ...{ parameters: { rate: 0.1, split: 'train' }, status: 'failed', exitCode: 1, plan, tasks, ended: last + 1000 },
  });
  return { state, attempts, files };
}

function failureOf(chance: number, attempt: number): Failure | undefined {
  if (chance < 0.006) return { kind: 'exit', code: 1 };
  if (chance < 0.008) return { kind: 'timeout', seconds: 60 };
  return chance < 0.03 / attempt ? { kind: 'exit', code: 137, reason: 'OOMKilled' } : undefined;
}

/** `count` tasks of one item in some ten layers, with edges of all kinds. */
export function graphRun(count: number): MadeRun {
  const next = numbers(11);
  const kinds = ['succeeded', 'succeeded', 'succeeded', 'succeeded', 'completed', 'itemwise', 'failed'] as const;
  const plan: PlannedTask[] = [];
  const attempts: AttemptLine[] = [];
  const tasks = [];
  const layers = Math.max(1, Math.round(Math.sqrt(count) / 1.8));
  for (let number = 0; number < count; number++) {
    const layer = Math.floor((number * layers) / count);
    const name = `${['load', 'clean', 'join', 'train', 'score', 'publish'][layer % 6]}-${number}`;
    const first = Math.floor(((layer - 1) * count) / layers);
    const before = Math.floor((layer * count) / layers);
    const after =
      layer === 0
        ? []
        : Array.from({ length: 1 + Math.floor(next() * 2) }, () => first + Math.floor(next() * (before - first)));
    if (layer > 2 && next() < 0.08) after.push(Math.floor(next() * first));
    const edges = after.map((at) => ({ task: plan[at]!.name, on: kinds[Math.floor(next() * kinds.length)]! }));
    const exit = number === count - 1;
    plan.push({ ...aPlan(name), after: exit ? [] : edges, phase: exit ? 'exit' : 'main' });
    const started = START + layer * 20_000 + Math.round(next() * 8000);
    const ended = started + 2000 + Math.round(next() * 14_000);
    const status = statusOf(next(), exit);
    const ran = status === 'succeeded' || status === 'failed';
    const failure = status === 'failed' ? { kind: 'exit' as const, code: 3 } : undefined;
    const counts = { total: ran ? 1 : 0, succeeded: status === 'succeeded' ? 1 : 0, failed: failure ? 1 : 0 };
    tasks.push(aSummary(name, { status, ...counts, started: ran ? started : undefined, ended }));
    if (ran) {
      const log = `${name}/main.${failure ? 'err' : 'log'}`;
      attempts.push({
        task: name,
        item: 'main',
        index: 0,
        attempt: 1,
        started,
        ended,
        log,
        ...(failure && { failure }),
      });
    }
  }
  return {
    state: aState({ status: 'failed', plan, tasks, ended: START + layers * 20_000 + 30_000 }),
    attempts,
    files: {},
  };
}

function statusOf(chance: number, exit: boolean): TaskStatus {
  if (exit || chance < 0.86) return 'succeeded';
  return chance < 0.9 ? 'failed' : chance < 0.95 ? 'neverRan' : 'skipped';
}

/** Names and texts as an enemy would choose them. */
export function hostileRun(): MadeRun {
  const evil = '</script><script>window.pwned=1</script><!--<script>';
  const task = '"><img src=x onerror=window.pwned=1>';
  const item = `a'b"c&d</td>${evil}`.replaceAll('/', '');
  const failure = { kind: 'notStarted' as const, reason: evil, message: '\u202eevil' };
  return {
    state: aState({
      ...{ run: evil, pipeline: task, engine: evil, command: `podloom ${evil}`, parameters: { [evil]: evil } },
      status: 'failed',
      plan: [aPlan('good', [], { place: evil, when: evil, total: 3 }), aPlan(task, ['good:failed'])],
      tasks: [
        aSummary('good', { status: 'failed', reason: evil }),
        aSummary(task, { status: 'neverRan', reason: evil }),
      ],
    }),
    attempts: [
      anAttempt('good', item, { failure, node: evil }),
      anAttempt('good', '../../../etc/passwd', { index: 1, failure }),
      anAttempt('good', 'javascript:alert(1)', { index: 2 }),
      anAttempt(task, 'main'),
    ],
    files: { [`good/${item}.err`]: `${evil}\n\u202etxet\n\x1b[31mred\nlast ' " & line\n` },
  };
}
