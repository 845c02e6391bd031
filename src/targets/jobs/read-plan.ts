import type { ForEach } from '../../ir/items.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import { defaultProfile, type Profile } from '../../ir/profile.ts';
import { parsePipeline, parseProfile } from '../../ir/schema.ts';
import { bad, good, type Parsed } from '../../units/parsed.ts';
import { readTables, TableError } from '../items/index.ts';
import type { Plan, StoredItems } from './plan.ts';

/** What a plan is read into: all that a run needs. */
export interface ReadPlan {
  readonly pipeline: Pipeline;
  readonly profile: Profile;
}

/** The keys of a ConfigMap that hold tables: `"0"`, `"1"`, … */
const TABLE_KEY = /^\d+$/;

/**
 * Reads a plan (`planConfigMaps`) back: `parts` in the order of their keys. `tablesOf` gives the data of the ConfigMap of that name, with
 * the items that the plan leaves there. Source locations are not in a plan, so that diagnostics of its pipeline have none.
 */
export async function readPlan(
  parts: readonly string[],
  tablesOf: (name: string) => Promise<{ readonly [key: string]: string }>,
): Promise<Parsed<ReadPlan>> {
  let plan: Plan;
  try {
    plan = JSON.parse(parts.join('')) as Plan;
  } catch (error) {
    return bad(`it is not JSON: ${(error as Error).message}`);
  }
  if (plan?.kind !== 'Plan') return bad('it is no plan of podloom');
  if (plan.version !== 1) return bad(`it is of version ${plan.version}; this podloom reads version 1`);
  const profile = parseProfile(plan.profile, defaultProfile);
  if (!profile.ok) return profile;
  try {
    const pipeline = parsePipeline(await withItems(plan, tablesOf));
    return pipeline.ok ? good({ pipeline: pipeline.value, profile: profile.value }) : pipeline;
  } catch (error) {
    if (error instanceof TableError) return bad(error.message);
    throw error;
  }
}

type TablesOf = Parameters<typeof readPlan>[1];

async function withItems({ pipeline }: Plan, tablesOf: TablesOf): Promise<unknown> {
  const tasks: unknown[] = [];
  for (const task of pipeline.tasks) {
    const forEach = task.forEach && (await storedForEach(task.forEach, tablesOf));
    tasks.push({ ...task, ...(forEach && { forEach }), origin: origin(task.origin.path) });
  }
  return { ...pipeline, tasks, extras: [], origin: origin(pipeline.origin.path) };
}

function origin(path: string): object {
  return { callers: [], path };
}

async function storedForEach(
  forEach: NonNullable<Plan['pipeline']['tasks'][number]['forEach']>,
  tablesOf: TablesOf,
): Promise<ForEach> {
  const { items } = forEach;
  if (items.kind !== 'stored') return { ...forEach, items };
  const { shape, source, count } = items;
  const values = readTables(await textsOf(items, tablesOf), shape, count);
  return { ...forEach, items: { kind: 'table', shape, source, values } };
}

/** ConfigMaps of one task have different keys: together they are its table. */
async function textsOf({ tables }: StoredItems, tablesOf: TablesOf): Promise<string[]> {
  const texts: string[] = [];
  for (const name of tables) {
    for (const [key, text] of Object.entries(await tablesOf(name))) if (TABLE_KEY.test(key)) texts.push(text);
  }
  return texts;
}
