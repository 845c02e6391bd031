import { Items, Task } from 'podloom';
import { bad, failing, failingOnce, good, goodFrom, pipelineOn, sh, stateOf } from '../programs.ts';
import type { Scenario } from '../scenario.ts';

const group = 'Retries';

/** Retries after a program that fails, is too slow, or whose pod goes. */
export const retryScenarios: readonly Scenario[] = [
  {
    group,
    name: 'the second attempt succeeds, and what follows waits for it',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      const up = new Task(p, 'up', { ...goodFrom(2, 'up'), retries: 2 });
      new Task(p, 'next', { after: up, ...good() });
      return p;
    },
    run: 'succeeded',
    tasks: { up: 'succeeded, 2 attempts', next: 'succeeded' },
    order: ['up < next'],
  },
  {
    group,
    name: 'attempts that run out',
    make: (stage) => {
      const p = pipelineOn(stage);
      const up = new Task(p, 'up', { ...bad(), retries: 1 });
      new Task(p, 'next', { after: up, ...good() });
      new Task(p, 'handler', { after: { task: up, on: 'failed' }, ...good() });
      return p;
    },
    run: 'failed',
    tasks: { up: 'failed, 2 attempts', next: 'never ran', handler: 'succeeded' },
    order: ['up < handler'],
  },
  {
    group,
    name: 'a program that fails is not tried again by default',
    make: (stage) => {
      const p = pipelineOn(stage);
      new Task(p, 'up', { ...bad() });
      new Task(p, 'none', { ...bad(), retries: 0 });
      return p;
    },
    run: 'failed',
    tasks: { up: 'failed', none: 'failed' },
  },
  {
    group,
    name: 'only failures of the infrastructure are tried again: a failed program is not',
    make: (stage) => {
      const p = pipelineOn(stage);
      new Task(p, 'up', { ...bad(), retries: { limit: 2, on: ['infrastructure'] } });
      return p;
    },
    run: 'failed',
    tasks: { up: 'failed' },
  },
  {
    group,
    name: 'only failed programs are tried again',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      new Task(p, 'up', { ...goodFrom(2, 'up'), retries: { limit: 2, on: ['failed'] } });
      return p;
    },
    run: 'succeeded',
    tasks: { up: 'succeeded, 2 attempts' },
  },
  {
    group,
    name: 'exit codes that are never tried again, and another that is',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      const retries = { limit: 2, exceptExitCodes: [3, 42] };
      new Task(p, 'final', { ...goodFrom(2, 'final', 42), retries });
      new Task(p, 'other', { ...goodFrom(2, 'other', 41), retries });
      return p;
    },
    run: 'failed',
    tasks: { final: 'failed', other: 'succeeded, 2 attempts' },
  },
  {
    group,
    name: 'the same for failed programs only',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      const retries = { limit: 2, on: ['failed'], exceptExitCodes: [42] } as const;
      new Task(p, 'final', { ...goodFrom(2, 'final', 42), retries });
      new Task(p, 'other', { ...goodFrom(2, 'other', 41), retries });
      return p;
    },
    run: 'failed',
    tasks: { final: 'failed', other: 'succeeded, 2 attempts' },
  },
  {
    group,
    name: 'items have attempts of their own',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      const up = new Task(p, 'up', { forEach: Items.range(0, 4), ...failingOnce([1, 3], 'up'), retries: 1 });
      const next = new Task(p, 'next', { after: up, forEach: Items.range(0, 4), ...failing([2]), retries: 1 });
      new Task(p, 'last', { after: next, ...good() });
      new Task(p, 'handler', { after: { task: next, on: 'anySucceeded' }, ...good() });
      return p;
    },
    run: 'failed',
    tasks: {
      up: 'succeeded, 4 of 4 items; 2 attempts: 1 3',
      next: 'failed, 3 of 4 items: not 2; 2 attempts: 2',
      last: 'never ran',
      handler: 'succeeded',
    },
    order: ['up < next', 'next < handler'],
  },
  {
    group,
    name: 'a wait between attempts: Argo keeps the one that was asked for',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      new Task(p, 'up', { ...goodFrom(3, 'up'), retries: { limit: 2, backoff: { base: '6s', factor: 1 } } });
      return p;
    },
    run: 'succeeded',
    tasks: { up: 'succeeded, 3 attempts' },
    waits: { up: 6 },
  },
  {
    group,
    name: 'items that depend on items with attempts: each goes on when its own is done',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      const list = Items.range(0, 3);
      const first = new Task(p, 'first', { forEach: list, ...failingOnce([1], 'first'), retries: 1 });
      new Task(p, 'second', { after: { task: first, on: 'itemwise' }, forEach: list, ...failing([]), retries: 1 });
      return p;
    },
    run: 'succeeded',
    tasks: { first: 'succeeded, 3 of 3 items; 2 attempts: 1', second: 'succeeded, 3 of 3 items' },
    order: ['first/0 < second/0', 'first/1 < second/1'],
  },
];

/** What only a kubelet does. */
export const timeoutScenarios: readonly Scenario[] = [
  {
    group,
    name: 'an attempt that is too slow counts as one that failed',
    make: (stage) => {
      const p = pipelineOn(stage, { volumes: [stateOf(stage)] });
      const program = 'echo x >>/state/up; [ "$(wc -l </state/up)" -ge 2 ] || exec sleep 600';
      new Task(p, 'up', {
        command: sh(program),
        timeout: '40s',
        terminationGrace: '1s',
        retries: { limit: 1, on: ['failed'] },
      });
      new Task(p, 'once', { command: sh('exec sleep 600'), timeout: '40s', terminationGrace: '1s' });
      return p;
    },
    run: 'failed',
    tasks: { up: 'succeeded, 2 attempts', once: 'failed' },
  },
];
