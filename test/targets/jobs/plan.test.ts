import { expect, it } from 'vitest';
import { defaultProfile } from '../../../src/ir/profile.ts';
import { planOf } from '../../../src/targets/jobs/plan.ts';
import { aPipeline, aTask } from '../../rig/ir.ts';

it('is the same whatever only the argo target reads', () => {
  const plan = (task: object) => planOf(aPipeline({ tasks: [aTask(task)] }), defaultProfile, () => []);
  const plain = plan({ patches: { podSpec: { hostNetwork: true } } });
  const patches = { podSpec: { hostNetwork: true }, argoTemplate: { failFast: true } };
  expect(plan({ argoStrategy: 'job', patches })).toEqual(plain);
  expect(plan({ patches: {} })).not.toEqual(plain);
});
