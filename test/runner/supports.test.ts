import { expect, test } from 'vitest';
import { Collector } from '../../src/diagnostics/collector.ts';
import type { Container, Task } from '../../src/ir/task.ts';
import { supportsLocal } from '../../src/runner/local/supports.ts';
import { aCommand, aContainer, aPipeline, aTask } from '../rig/ir.ts';

const claim = { kind: 'persistentVolumeClaim', claim: 'data', readOnly: false } as const;
const data = { volume: 'data', source: claim, mountPath: '/data', readOnly: false };
const env = (...variables: Container['environment']['variables']): Partial<Container> => ({
  environment: { variables, from: [] },
});
const secret = { kind: 'secret', name: 'KEY', object: 'store', key: 'k', optional: false } as const;
const settings = { kind: 'configMap', object: 'settings', optional: false } as const;
const store = { endpoint: 'e', bucket: 'b', insecure: false };

test.each<[string, Partial<Container>, Partial<Task>, string[]]>([
  ['nothing special', {}, {}, []],
  ['no command', { program: { kind: 'command', command: undefined, args: [] } }, {}, ['PL290']],
  ['an empty command', { program: aCommand() }, {}, ['PL290']],
  ['a secret that is not set', env(secret), {}, ['PL294']],
  ['a secret that is set', env({ ...secret, name: 'SET' }), {}, []],
  ['an optional secret', env({ ...secret, optional: true }), {}, []],
  ['a whole secret', { environment: { variables: [], from: [{ ...secret, kind: 'secret' }] } }, {}, ['PL295']],
  ['a volume of a ConfigMap', { volumes: [{ ...data, source: settings }] }, {}, ['PL296']],
  ['an optional one', { volumes: [{ ...data, source: { ...settings, optional: true } }] }, {}, []],
  ['a field of the pod', env({ kind: 'field', name: 'A', fieldPath: 'metadata.uid' }), {}, ['PL297']],
  ['a field that has a counterpart', env({ kind: 'field', name: 'A', fieldPath: 'status.podIP' }), {}, []],
  ['a resource', env({ kind: 'resource', name: 'A', resource: 'limits.cpu' }), {}, ['PL297']],
  ['an S3 output', {}, { outputs: [{ kind: 's3', name: 'm', path: '/m', key: 'm', store }] }, ['PL298']],
  ['a working directory of the image', { workingDir: '/app' }, {}, ['PL299']],
  ['one of a volume', { workingDir: '/data', volumes: [data] }, {}, []],
  ['a GPU', {}, { gpu: { count: 1 } }, ['PL300']],
  ['a written-out mount path', { volumes: [data], program: aCommand('ls', '--in=/data/x') }, {}, ['PL305']],
  ['another path that begins alike', { volumes: [data], program: aCommand('ls', '/database', '/my/data') }, {}, []],
])('%s', (_, container, task, codes) => {
  const diagnostics = new Collector();
  const pipeline = aPipeline({ tasks: [aTask({ container: aContainer(container), ...task })] });
  supportsLocal(pipeline, { SET: 'x' }, diagnostics);
  expect(diagnostics.sorted().map(({ code }) => code)).toEqual(codes);
});
