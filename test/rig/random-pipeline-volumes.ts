import { Size } from 'cdk8s';
import fc from 'fast-check';
import type { ForeignMount } from '../../src/constructs/volume.ts';
import { type Mount, Output, type OutputSpec, Volume } from '../../src/index.ts';
import type { Pick } from './random-pipeline-values.ts';

/** Volumes by the name of what makes them; each is mounted at a path of its own. */
const recipes = {
  'volume.claim': () => Volume.claim('data').mount('/data'),
  'volume.claim, read-only': () =>
    Volume.claim({ name: 'train.data' }, { readOnly: true }).mount('/claim', { subPath: 'a/b' }),
  'volume.configMap': () =>
    Volume.configMap('settings', { optional: true, defaultMode: 0o400, items: { key: 'folder/file' } }).mount(
      '/settings',
    ),
  'volume.secret': () => Volume.secret('keys').mount('/keys', { readOnly: true }),
  'volume.emptyDir': () => Volume.emptyDir('tmp').mount('/tmp'),
  'volume.emptyDir in memory': () =>
    Volume.emptyDir('fast', { medium: 'Memory', sizeLimit: '64Mi' }).mount('/fast/x y'),
  'volume.emptyDir of cdk8s': () => Volume.emptyDir('big', { sizeLimit: Size.gibibytes(10) }).mount('/big'),
  'volume.hostPath': () => Volume.hostPath('/var/log', { type: 'Directory' }).mount('/logs', { readOnly: true }),
  'a claim of cdk8s-plus': (): ForeignMount => ({ volume: { name: 'foreign' }, path: '/foreign' }),
  'a volume of cdk8s-plus': (): ForeignMount => ({
    volume: { name: 'plus', _toKube: () => ({ name: 'plus', configMap: { name: 'plus', defaultMode: 0o644 } }) },
    path: '/plus',
    subPath: 'only',
  }),
} as const satisfies Record<string, () => Mount | ForeignMount>;
const damaged = {
  'two at one path': () => Volume.configMap('cfg').mount('/settings'),
  'a path that is not clean': () => Volume.emptyDir('dirty').mount('/a/../b'),
  'a path of podloom': () => Volume.emptyDir('mine').mount('/podloom/items'),
  'a bad name': () => Volume.secret('Not Valid').mount('/bad'),
} as const satisfies Record<string, () => Mount>;

export type VolumeRecipe = keyof typeof recipes | keyof typeof damaged;
export const volumeWords: readonly string[] = Object.keys(recipes);

export function volumeRecipes(pick: Pick): fc.Arbitrary<VolumeRecipe[]> {
  const one = pick<VolumeRecipe>(
    fc.constantFrom(...(Object.keys(recipes) as (keyof typeof recipes)[])),
    ...(Object.keys(damaged) as (keyof typeof damaged)[]),
  );
  return fc.uniqueArray(one, { maxLength: 4 });
}

export function makeVolumes(chosen: readonly VolumeRecipe[], used: Set<string>): (Mount | ForeignMount)[] {
  return chosen.map((name) => {
    used.add(name);
    return { ...recipes, ...damaged }[name]();
  });
}

const keys = { accessKey: { secret: 'keys', key: 'access' }, secretKey: { secret: 'keys', key: 'secret' } };

/** Outputs by what they are. `loss` is a number wherever it is. */
const outputs = {
  'a number': (): OutputSpec => ({ loss: 'number' }),
  'several values': (): OutputSpec => ({ loss: 'number', best_one: 'string', 'is-good': 'boolean' }),
  'output.list': (): OutputSpec => ({ list: Output.list({ maxItems: 100 }) }),
  'output.list of objects': (): OutputSpec => ({ list: Output.list({ fields: ['name', 'weird field'] }) }),
  'output.file': (): OutputSpec => ({ model: Output.file(Volume.claim('data').mount('/data'), 'a/model.pt') }),
  'output.s3': (): OutputSpec => ({ file: Output.s3('/tmp/model.pt', { bucket: 'models' }) }),
  'output.s3 in full': (): OutputSpec => ({
    file: Output.s3('/tmp/model.pt', {
      ...{ endpoint: 'minio.storage:9000', bucket: 'models', key: 'runs/{{x}}/model', region: 'eu', insecure: true },
      ...keys,
    }),
  }),
} as const satisfies Record<string, () => OutputSpec>;

export type OutputRecipe = keyof typeof outputs;
export const outputWords: readonly string[] = Object.keys(outputs);
/** Jobs have no S3 files, so those are rare. */
export const outputRecipe = fc.constantFrom<OutputRecipe>(
  ...(['a number', 'a number', 'output.list', 'output.list', 'output.file', 'output.file'] as const),
  ...(['a number', 'several values', 'output.list', 'output.list of objects'] as const),
  ...(Object.keys(outputs) as OutputRecipe[]),
);

export function makeOutputs(recipe: OutputRecipe, used: Set<string>): OutputSpec {
  used.add(recipe);
  return outputs[recipe]();
}
