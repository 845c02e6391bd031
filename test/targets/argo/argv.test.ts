/** What a program under Argo gets: the template after Argo's own substitution and the kubelet's expansion, against what the user wrote. */
import { App } from 'cdk8s';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../../../src/compile.ts';
import { lowerPipeline } from '../../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../../src/diagnostics/collector.ts';
import { Pipeline, Task, type TaskProps } from '../../../src/index.ts';
import { defaultProfile } from '../../../src/ir/profile.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { hostileItems } from '../../items/hostile.ts';
import { kubeletExpand } from '../pod/rig.ts';

type Values = { readonly [parameter: string]: string };

/** Argo's tags in the few forms that podloom writes; any other tag would be the user's text taken for Argo's. */
function substitute(text: string, values: Values): string {
  return text.replaceAll(/\{\{(.*?)\}\}/g, (tag, inside: string) => {
    if (inside === 'workflow.name') return 'run-1';
    if (inside === '="{{"') return '{{';
    const source = /^=replace\(replace\((.*), '\$', '\$\$'\), '\\u007b\\u007b', '\\u007b\$\(PODLOOM_BRACE\)'\)$/.exec(
      inside,
    );
    const parameter = /^workflow\.parameters\['([^']*)'\]$/.exec(source?.[1] ?? '')?.[1];
    if (parameter === undefined) throw new Error(`the tag ${tag} is not podloom's`);
    return (values[parameter] as string).replaceAll('$', '$$$$').replaceAll('{{', '{$(PODLOOM_BRACE)');
  });
}

interface Container {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** The template of the one task. */
function templateOf(make: (p: Pipeline<{ text: string }>) => TaskProps): JsonObject {
  const p = new Pipeline(new App(), 'p', { image: 'busybox:1.37', parameters: { text: 'x' } });
  new Task(p, 't', make(p));
  const diagnostics = new Collector();
  const { bundles } = compile([lowerPipeline(p as never, diagnostics)], defaultProfile, ['argo'], diagnostics);
  expect(diagnostics.sorted()).toEqual([]);
  const objects = bundles.flatMap(({ files }) =>
    files.flatMap(({ manifests }) => manifests.map(({ object }) => object)),
  );
  const workflow = objects.find(({ kind }) => kind === 'WorkflowTemplate') as { spec: { templates: JsonObject[] } };
  return workflow.spec.templates.find(({ name }) => name === 't') as JsonObject;
}

/** argv and environment of the one task, with these values of the parameters. */
function received(make: (p: Pipeline<{ text: string }>) => TaskProps, values: Values) {
  return started(templateOf(make)['container'] as Container, (text) => substitute(text, values));
}

function started(container: Container, written: (text: string) => string = (text) => text) {
  const env = new Map<string, string>();
  for (const { name, value } of container.env ?? []) {
    if (value !== undefined) env.set(name, kubeletExpand(written(value), env));
  }
  const words = (list: readonly string[] = []) => list.map((word) => kubeletExpand(written(word), env));
  return { command: words(container.command), args: words(container.args), env };
}

test('hostile texts in command, args and env arrive byte for byte', () => {
  const texts = hostileItems;
  const variables = Object.fromEntries(texts.map((text, number) => [`V${number}`, text]));
  const { command, args, env } = received(() => ({ command: ['work', ...texts], args: texts, env: variables }), {});
  expect(command).toEqual(['work', ...texts]);
  expect(args).toEqual(texts);
  expect(texts.map((_, number) => env.get(`V${number}`))).toEqual(texts);
  expect(received(() => ({ args: texts }), {})).toMatchObject({ command: [], args: texts });
});

test('any text beside any value of a parameter does', () => {
  const text = fc.string({
    unit: fc.constantFrom('{', '}', '$', '(', ')', '=', "'", '"', '\\', 'A', ' ', '\n', 'é'),
    maxLength: 12,
  });
  fc.assert(
    fc.property(text, text, text, (before, after, value) => {
      const props = (p: Pipeline<{ text: string }>): TaskProps => {
        const whole = `${before}${p.parameters.text}${after}${p.run}`;
        return { command: ['work', whole], env: { WHOLE: whole, NEXT: before } };
      };
      const whole = `${before}${value}${after}run-1`;
      const { command, env } = received(props, { text: value });
      expect(command).toEqual(['work', whole]);
      expect([env.get('WHOLE'), env.get('NEXT')]).toEqual([whole, before]);
    }),
    { numRuns: 300 },
  );
});

/**
 * A Job's manifest reaches Argo's executor in an environment variable, which the kubelet expands too; a large one in a file,
 * which it does not (workflowpod.go, maxEnvVarLen). The Job must be the same.
 */
test.each(['in the environment', 'in a file'])('a Job that is made from a manifest %s gets the same', (way) => {
  const texts = [
    ...hostileItems.filter(({ length }) => length < 5000),
    '$(ARGO_NODE_ID)',
    '$$(PODLOOM_RUN)',
    '$é$$é',
    '$$$',
    'a$',
  ];
  const variables = Object.fromEntries(texts.map((text, number) => [`V${number}`, text]));
  const values = { text: '$(PODLOOM_RUN) $$(V1) $é {{x}} $' };
  const { resource } = templateOf((p) => ({
    replicas: 2,
    command: ['work', ...texts, p.parameters.text],
    args: texts,
    env: { ...variables, P: p.parameters.text },
  })) as { resource: { manifest: string } };
  // Argo reads it as YAML, which does not have them, or takes them for line ends (go-yaml, yamlprivateh.go).
  expect(resource.manifest).not.toMatch(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/);
  const manifest = substituteInJson(resource.manifest, values);
  const launcher = new Map([['ARGO_NODE_ID', 'wrong']]);
  const arrived = way === 'in a file' ? manifest : kubeletExpand(manifest, launcher);
  const { command, args, env } = started(JSON.parse(arrived).spec.template.spec.containers[0]);
  expect(command).toEqual(['work', ...texts, values.text]);
  expect(args).toEqual(texts);
  expect(texts.map((_, number) => env.get(`V${number}`))).toEqual(texts);
  expect(env.get('P')).toBe(values.text);
});

/** The same for a manifest: an expression gives text with its quotes. */
function substituteInJson(manifest: string, values: Values): string {
  const expression =
    /\{\{=sprig\.quote\(replace\(replace\(workflow\.parameters\['([^']*)'\], '\$', '(.*?)'\), '\\u007b\\u007b', '\\u007b\$\(PODLOOM_BRACE\)'\)\)\}\}/g;
  return manifest
    .replaceAll(expression, (_, parameter: string, dollar: string) =>
      JSON.stringify((values[parameter] as string).replaceAll('$', () => dollar).replaceAll('{{', '{$(PODLOOM_BRACE)')),
    )
    .replaceAll('{{=\\"{{\\"}}', '{{')
    .replaceAll('{{workflow.name}}', 'run-1');
}
