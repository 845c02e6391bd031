import type { Profile } from '../../ir/profile.ts';
import { matchesProduct } from '../../units/gpu.ts';

/**
 * Values of the node label nvidia.com/gpu.product. GPU Feature Discovery makes them from the driver's name of the device,
 * with `-` for each space (k8s-device-plugin, internal/lm/resource.go, productLabel). Names of Turing and newer are
 * those of NVIDIA's open kernel modules 595.45.04 (README.md, "Compatible GPUs"): all for data centres, and the
 * workstation cards that are put in servers. Older ones are what nodes with them are labelled.
 */
const knownProducts: readonly string[] = [
  ...['NVIDIA-GB300', 'NVIDIA-GB200', 'NVIDIA-GH200-120GB', 'NVIDIA-GH200-144G-HBM3e', 'NVIDIA-GH200-480GB'],
  ...['NVIDIA-B300-SXM6-AC', 'NVIDIA-B200', 'NVIDIA-H200', 'NVIDIA-H200-NVL'],
  ...['NVIDIA-H100-80GB-HBM3', 'NVIDIA-H100-PCIe', 'NVIDIA-H100-NVL', 'NVIDIA-H100'],
  ...['NVIDIA-H800', 'NVIDIA-H800-NVL', 'NVIDIA-H800-PCIe', 'NVIDIA-H20', 'NVIDIA-H20-3e', 'NVIDIA-H20-NVL16'],
  ...['NVIDIA-A100-SXM4-80GB', 'NVIDIA-A100-SXM4-40GB', 'NVIDIA-A100-80GB-PCIe', 'NVIDIA-A100-PCIE-40GB'],
  ...['NVIDIA-A100-SXM-64GB', 'A100-SXM4-80GB', 'A100-SXM4-40GB', 'A100-PCIE-40GB'],
  ...['NVIDIA-A800-SXM4-80GB', 'NVIDIA-A800-SXM4-40GB', 'NVIDIA-A800-80GB-PCIe'],
  ...['NVIDIA-A40', 'NVIDIA-A30', 'NVIDIA-A16', 'NVIDIA-A10', 'NVIDIA-A10G', 'NVIDIA-A2'],
  ...['NVIDIA-L40S', 'NVIDIA-L40', 'NVIDIA-L20', 'NVIDIA-L4', 'NVIDIA-L2'],
  ...['NVIDIA-RTX-PRO-6000-Blackwell-Server-Edition', 'NVIDIA-RTX-PRO-6000-Blackwell-Workstation-Edition'],
  ...['NVIDIA-RTX-6000-Ada-Generation', 'NVIDIA-RTX-5000-Ada-Generation', 'NVIDIA-RTX-4000-Ada-Generation'],
  ...['NVIDIA-RTX-A6000', 'NVIDIA-RTX-A5000', 'NVIDIA-RTX-A4000', 'Quadro-RTX-8000', 'Quadro-RTX-6000'],
  ...['NVIDIA-GeForce-RTX-5090', 'NVIDIA-GeForce-RTX-4090', 'NVIDIA-GeForce-RTX-3090', 'NVIDIA-TITAN-RTX'],
  ...['Tesla-T4', 'Tesla-V100-SXM2-32GB', 'Tesla-V100-SXM2-16GB', 'Tesla-V100-PCIE-32GB', 'Tesla-V100-PCIE-16GB'],
  ...['Tesla-V100S-PCIE-32GB', 'Tesla-P100-SXM2-16GB', 'Tesla-P100-PCIE-16GB', 'Tesla-P40', 'Tesla-P4'],
];

/**
 * The labels that a product stands for; node affinity compares labels as wholes, so all of them are listed.
 * From the nodes of the profile when it has any that match, else from the known products, else the name as it is written.
 * Parts of GPUs (`…-SHARED`, `…-MIG-1g.10gb`) are meant only when they are named.
 */
export function gpuProductLabels(product: string, profile: Profile): readonly string[] {
  const ofProfile = profile.nodes.flatMap(({ gpu }) => (gpu === undefined ? [] : [gpu.product]));
  for (const labels of [ofProfile, knownProducts]) {
    if (labels.includes(product)) return [product];
    const meant = labels.filter((label) => matchesProduct(label, product) && (isWhole(label) || !isWhole(product)));
    if (meant.length > 0) return [...new Set(meant)];
  }
  return [product];
}

function isWhole(label: string): boolean {
  return !/-(?:SHARED|MIG)(?:-|$)/i.test(label);
}
