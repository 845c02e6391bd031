import { expect } from 'vitest';
import { bin, linkedProject, node } from '../../cli/process-rig.ts';
import { readFiles, writeFiles } from '../../emit/rig.ts';
import { HOLD } from './placement-site.ts';

/** A project of two pipelines in a folder of its own, as people have it: files in, `podloom synth`, `dist/` out. */
export interface GitopsProject {
  readonly dist: string;
  /** Writes the pipelines with this word in one command of `alpha`, compiles them, and gives the files of `dist/`. */
  synth(word: string): Promise<Record<string, string>>;
}

export function gitopsProject(): GitopsProject {
  const root = linkedProject({ 'package.json': '{ "type": "module" }\n' });
  const dist = `${root}/dist/`;
  return {
    dist,
    async synth(word) {
      writeFiles(root, { 'pipelines/alpha.ts': alpha(word), 'pipelines/beta.ts': BETA });
      const { code, stderr } = await node(root, [bin, 'synth']);
      expect(stderr).not.toContain('error');
      expect(code).toBe(0);
      return readFiles(dist);
    },
  };
}

/** Pods run until they are released. */
const HEAD = `import { App } from 'cdk8s';
import { Items, Pipeline, Task } from 'podloom';
const app = new App();
const props = { image: 'busybox:1.37', annotations: { '${HOLD}': 'true' }, priority: 'low' };
`;

const alpha = (word: string): string => `${HEAD}
export const alpha = new Pipeline(app, 'alpha', { ...props, runOnChange: true });
const first = new Task(alpha, 'first', {
  forEach: Items.of('a', 'b', 'c'),
  command: ({ item }) => ['first', item],
});
new Task(alpha, 'second', {
  after: first,
  forEach: Items.of("it's", '$(x)'),
  command: ({ item }) => ['second', '${word}', item],
});
`;

const BETA = `${HEAD}
export const beta = new Pipeline(app, 'beta', { ...props, schedule: { cron: '0 3 * * *', suspend: true } });
new Task(beta, 'only', { forEach: Items.of('x', 'y'), command: ({ item }) => ['only', item] });
`;
