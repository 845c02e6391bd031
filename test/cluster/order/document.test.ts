import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { documentOf } from './document.ts';
import { realScenarios } from './scenarios/real.ts';
import { simScenarios } from './scenarios/sim.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));
const scenarios = [...simScenarios, ...realScenarios];

test('docs/order-and-retries.md has every scenario', () => {
  const text = documentOf([
    ['simulated nodes', simScenarios],
    ['a real node', realScenarios],
  ]);
  const file = path('order-and-retries.md');
  if (process.env.UPDATE === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('every difference is explained', () => {
  const rows = readFileSync(path('target-differences.md'), 'utf8').split('\n');
  const explained = new Set(rows.map((row) => row.split('|')[1]?.trim()));
  const reasons = scenarios.flatMap(({ differences = [] }) => differences.map(({ because }) => because));
  expect(reasons.filter((because) => !explained.has(because))).toEqual([]);
});

test('no two scenarios have one name', () => {
  const names = scenarios.map(({ group, name }) => `${group}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
});
