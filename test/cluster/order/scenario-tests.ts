import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TargetName } from '../../../src/ir/bundle.ts';
import { type Connected, connect, freshNamespace } from '../rig/connect.ts';
import { type Column, MOST_MILLISECONDS, runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { printTable } from './table.ts';

const TARGETS: readonly TargetName[] = ['argo', 'jobs'];

/** One test for each scenario, with both targets side by side; several at once, because most of their time is waiting. */
export function testScenarios(scenarios: readonly Scenario[]): void {
  const columns = new Map<Scenario, readonly Column[]>();
  let cluster: Connected;
  beforeAll(async () => {
    cluster = await connect();
  });
  afterAll(() => {
    console.log(printTable(columns));
    cluster.client.close();
  });
  for (const scenario of scenarios) {
    test.concurrent(
      `${scenario.group}: ${scenario.name}`,
      async () => {
        const runs = TARGETS.map(async (target) => {
          const namespace = await freshNamespace(cluster.client, `order-${target}`);
          return runScenario(scenario, target, { ...cluster, namespace });
        });
        const ended = await Promise.all(runs);
        columns.set(scenario, ended);
        for (const [at, { seen, wanted, trace }] of ended.entries()) {
          expect({ target: TARGETS[at], ...seen }, trace.join('\n')).toEqual({ target: TARGETS[at], ...wanted });
        }
      },
      MOST_MILLISECONDS + 60_000,
    );
  }
}
