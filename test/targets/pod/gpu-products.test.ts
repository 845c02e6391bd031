import { describe, expect, it } from 'vitest';
import { defaultProfile, type Profile } from '../../../src/ir/profile.ts';
import { gpuProductLabels } from '../../../src/targets/pod/index.ts';

const withNodes = (...products: string[]): Profile => ({
  ...defaultProfile,
  nodes: products.map((product) => ({ count: 1, gpu: { product, count: 8 } })),
});

describe('the node labels that a GPU product stands for', () => {
  it.each([
    ['H100', ['NVIDIA-H100-80GB-HBM3', 'NVIDIA-H100-PCIe', 'NVIDIA-H100-NVL', 'NVIDIA-H100']],
    ['H200', ['NVIDIA-H200', 'NVIDIA-H200-NVL']],
    ['B200', ['NVIDIA-B200']],
    ['L4', ['NVIDIA-L4']],
    ['T4', ['Tesla-T4']],
    ['l40s', ['NVIDIA-L40S']],
    ['V100-SXM2', ['Tesla-V100-SXM2-32GB', 'Tesla-V100-SXM2-16GB']],
    ['NVIDIA-A100-SXM4-80GB', ['NVIDIA-A100-SXM4-80GB']],
    ['Vera-Rubin-9000', ['Vera-Rubin-9000']],
  ])('%s, of an unknown cluster', (product, labels) => {
    expect(gpuProductLabels(product, defaultProfile)).toEqual(labels);
  });

  it('are those that the nodes of the profile have', () => {
    const profile = withNodes('NVIDIA-H100-NVL', 'NVIDIA-H100-80GB-HBM3-SHARED', 'NVIDIA-H100-NVL', 'NVIDIA-L4');
    expect(gpuProductLabels('H100', profile)).toEqual(['NVIDIA-H100-NVL']);
  });

  it('are never parts of a GPU, unless those are named', () => {
    const shared = 'NVIDIA-H100-80GB-HBM3-SHARED';
    const mig = 'NVIDIA-A100-SXM4-80GB-MIG-1g.10gb';
    expect(gpuProductLabels('H100-80GB-HBM3-SHARED', withNodes(shared))).toEqual([shared]);
    expect(gpuProductLabels(mig, withNodes(mig))).toEqual([mig]);
    expect(gpuProductLabels('H100', withNodes(shared))).not.toContain(shared);
  });
});
