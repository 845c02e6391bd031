import { expect, test } from 'vitest';
import { anEdge, aTask } from '../../rig/ir.ts';
import { compile, dagTasks, output, running } from './compiled.ts';

test('300 tasks of one shape share one template in nested DAGs', () => {
  const tasks = Array.from({ length: 300 }, (_, number) =>
    aTask({ name: `t${number}`, container: running('echo', `text ${number}`, '{{x}}') }),
  );
  const { templates, codes } = compile({ tasks });
  expect(codes).toEqual([]);
  expect(templates.map(({ name }) => name)).toEqual(['main', 't0-and-199-more', 't200-and-99-more', 't0']);
  expect(templates[1]?.['dag']).toMatchObject({
    tasks: expect.arrayContaining([
      {
        name: 't7',
        template: 't0',
        arguments: {
          parameters: [
            { name: 'task', value: 't7' },
            { name: 'text0', value: 'text 7' },
          ],
        },
      },
    ]),
  });
  expect(templates[3]).toMatchObject({
    inputs: { parameters: [{ name: 'task' }, { name: 'text0' }] },
    metadata: { labels: { 'podloom.dev/task': '{{inputs.parameters.task}}' } },
    container: { command: ['echo', '{{=inputs.parameters.text0}}', '{$(PODLOOM_BRACE)x}}'] },
  });
});

test('values reach the tasks of nested DAGs', () => {
  const workers = Array.from({ length: 250 }, (_, number) =>
    aTask({ name: `w${number}`, after: [anEdge('find')], container: running('echo', [output('find', 'n')]) }),
  );
  const find = aTask({ name: 'find', outputs: [{ kind: 'value', name: 'n', type: 'number' }] });
  const { template } = compile({ tasks: [find, ...workers] });
  expect(template('main')['dag']).toMatchObject({
    tasks: [
      {},
      {
        name: 'w0-and-199-more',
        depends: 'find',
        arguments: {
          parameters: [{ name: 'find_n', value: "{{=sprig.b64enc(tasks['find'].outputs.parameters['n'])}}" }],
        },
      },
      {},
    ],
  });
  expect(template('w0-and-199-more')['inputs']).toEqual({ parameters: [{ name: 'find_n' }] });
  expect(dagTasks(template('w0-and-199-more'))[1]?.['arguments']).toEqual({
    parameters: [
      { name: 'task', value: 'w1' },
      { name: 'find_n', value: '{{inputs.parameters.find_n}}' },
    ],
  });
});

test('5,000 tasks and a fan-in compile in a fraction of a second', () => {
  const wide = Array.from({ length: 5000 }, (_, number) =>
    aTask({ name: `t${number}`, container: running('echo', String(number)) }),
  );
  const tasks = [...wide, aTask({ name: 'end', after: wide.map(({ name }) => anEdge(name)) })];
  const start = performance.now();
  const { templates, codes } = compile({ tasks });
  expect(performance.now() - start).toBeLessThan(2500);
  expect(templates).toHaveLength(28);
  expect(codes).toEqual(['PL225']);
});
