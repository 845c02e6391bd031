import type { Output } from '../../ir/task.ts';
import { isObject } from '../foreign.ts';
import { mountData } from '../volume.ts';
import { describe } from './describe.ts';
import type { TaskScope } from './scope.ts';

export function lowerOutputs(scope: TaskScope): readonly Output[] {
  return Object.entries(scope.props.outputs ?? {}).flatMap(([name, spec]): Output[] => {
    if (spec === 'string' || spec === 'number' || spec === 'boolean') return [{ kind: 'value', name, type: spec }];
    if (isObject(spec)) {
      switch (spec.kind) {
        case 'list':
          return [{ kind: 'list', name, shape: spec.shape, maxItems: spec.maxItems }];
        case 's3': {
          const key = spec.key === '' ? `${scope.pipeline.pipeline.node.id}/${scope.name}/${name}` : spec.key;
          return [{ kind: 's3', name, path: spec.path, store: spec.store, key }];
        }
        case 'file': {
          const data = mountData(spec.mount);
          if (data !== undefined) return [{ kind: 'file', name, volume: scope.mount(data), path: spec.path }];
        }
      }
    }
    scope.report('PL353', {
      prop: `outputs.${name}`,
      found: describe(spec),
      wanted: "'string', 'number', 'boolean', Output.file(…), Output.s3(…) or Output.list(…)",
    });
    return [];
  });
}
