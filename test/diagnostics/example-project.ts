import type { Example } from '../../src/diagnostics/definition.ts';

/** What the body of an example may use from cdk8s. */
const cdk8sNames = ['App', 'ApiObject', 'Chart', 'Cpu', 'Duration', 'JsonPatch', 'Size'];

/** The files and the command line of an example. `podloomNames`: what podloom exports. */
export function exampleProject(
  example: string | Example,
  podloomNames: readonly string[],
): Example & Required<Pick<Example, 'args'>> {
  if (typeof example !== 'string') return { args: ['synth'], ...example };
  const imported = [...example.matchAll(/^import\b[^;]*;/gm)].join('\n');
  const used = (names: readonly string[], always: readonly string[]) =>
    names.filter((name) => always.includes(name) || (hasWord(example, name) && !hasWord(imported, name))).join(', ');
  const text = [
    `import { ${used(cdk8sNames, ['App'])} } from 'cdk8s';`,
    `import { ${used([...podloomNames].sort(), ['Pipeline'])} } from 'podloom';`,
    '',
    'const app = new App();',
    example,
  ].join('\n');
  return { files: { 'pipelines/example.ts': text }, args: ['synth'] };
}

function hasWord(text: string, word: string): boolean {
  return new RegExp(`\\b${word}\\b`).test(text);
}
