import { App } from 'cdk8s';
import { and, eq, Items, Pipeline, type Ref, Task } from '../../../src/index.ts';
import type { StringMap } from '../../../src/ir/scalar.ts';
import { BUSYBOX_IMAGE } from '../rig/images.ts';
import { shortItems, some } from './items-hostile.ts';
import { BARE, type CheckedPipeline, type CheckedTask, MAX_RUNNING, PRINTER } from './items-pipelines.ts';

/** A value that is known only when the run exists, and what it will be. */
export interface RunValue {
  readonly ref: Ref<string>;
  readonly text: string;
}

interface Parameters {
  readonly pipeline: Pipeline;
  readonly values: readonly RunValue[];
  /** Values of the parameters without a default. */
  readonly given: StringMap;
}

/**
 * A pipeline with texts of every kind as parameters. Every second one has its text as default, the others get it when the
 * run is made. Argo expands `{{` in a default, which podloom refuses (PL232), and leaves it alone in what a run is given.
 */
function withParameters(name: string, namespace: string): Parameters {
  const isGiven = (text: string, number: number) => number % 2 === 0 || text.includes('{{');
  const names = shortItems.map((_, number) => `p-${number}`);
  const parameters = Object.fromEntries(
    shortItems.map((text, number) => [
      names[number],
      { type: 'string', ...(!isGiven(text, number) && { default: text }) } as const,
    ]),
  );
  const props = { namespace, image: BUSYBOX_IMAGE, maxRunning: MAX_RUNNING, parameters };
  const pipeline = new Pipeline(new App(), name, props);
  const values = shortItems.map((text, number) => ({
    ref: pipeline.parameters[names[number] as string] as Ref<string>,
    text,
  }));
  const given = Object.fromEntries(
    shortItems.flatMap((text, number) => (isGiven(text, number) ? [[names[number] as string, text]] : [])),
  );
  return { pipeline: pipeline as unknown as Pipeline, values, given };
}

/** Parameters in commands, environments, scripts and beside items. */
export function parameterPipeline(name: string, namespace: string): CheckedPipeline {
  const { pipeline, values, given } = withParameters(name, namespace);
  return { pipeline, tasks: usersOf(pipeline, 'use', values), given };
}

/** Conditions that hold, or not, only when every byte of the parameters is right. */
export function conditionPipeline(name: string, namespace: string): CheckedPipeline {
  const { pipeline, values, given } = withParameters(name, namespace);
  const command = [PRINTER, 'ran'];
  new Task(pipeline, 'same', { command, when: and(...values.map(({ ref, text }) => eq(ref, text))) });
  const [first] = values.filter(({ text }) => text !== '');
  if (first !== undefined) new Task(pipeline, 'other', { command, when: eq(first.ref, `${first.text} `) });
  const tasks = [
    { name: 'same', expected: [{ argv: command, env: {} }] },
    { name: 'other', expected: [] },
  ];
  return { pipeline, tasks, given };
}

/** Four pods that use all of the values: by themselves, in a script and beside items. */
export function usersOf(p: Pipeline, prefix: string, values: readonly RunValue[]): CheckedTask[] {
  const refs = values.map(({ ref }) => ref);
  const texts = values.map(({ text }) => text);
  const joined = { ref: some(refs, 6).join('$'), text: some(texts, 6).join('$') };
  const env = Object.fromEntries(refs.map((ref, number) => [`MY_${number}`, `$(X)${ref}{{y}}`]));
  const envTexts = Object.fromEntries(texts.map((text, number) => [`MY_${number}`, `$(X)${text}{{y}}`]));
  const items = ['{{a}}', "it's $(b)"];
  new Task(p, prefix, { command: [PRINTER, ...refs, joined.ref], env });
  new Task(p, `${prefix}-script`, { script: `exec ${PRINTER} "$@" "$MY_0"`, args: refs, env });
  new Task(p, `${prefix}-items`, {
    ...BARE,
    // On Argo through the manifest of a Job, in which everything is escaped once more.
    argoStrategy: 'job',
    forEach: Items.of(items),
    command: ({ item, index }) => [PRINTER, index, item, ...refs, `${item}${joined.ref}`],
    env: ({ item }) => ({ ...env, MY_ITEM: `${item}${refs[1]}` }),
  });
  const itemUnits = items.map((item, number) => ({
    argv: [PRINTER, String(number), item, ...texts, `${item}${joined.text}`],
    env: { ...envTexts, ITEM: item, MY_ITEM: `${item}${texts[1]}` },
  }));
  return [
    { name: prefix, expected: [{ argv: [PRINTER, ...texts, joined.text], env: envTexts }] },
    { name: `${prefix}-script`, expected: [{ argv: [PRINTER, ...texts, envTexts['MY_0'] as string], env: envTexts }] },
    { name: `${prefix}-items`, expected: itemUnits },
  ];
}
