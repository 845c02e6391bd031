import { bad, good, type Parsed } from './parsed.ts';

export interface GpuSpec {
  readonly count: number;
  /** As in the label nvidia.com/gpu.product, or a part of it: `H100`. undefined: any. */
  readonly product?: string | undefined;
}
export type GpuInput = number | string | { readonly count?: number | undefined; readonly product?: string | undefined };

const WRITE = 'Write a number (gpu: 2), a product (gpu: "H100") or both (gpu: "H100:8").';

/** Parses `2`, `'H100'` (one of it), `'H100:8'` and `{ count, product }` (count: default 1). */
export function parseGpu(input: GpuInput): Parsed<GpuSpec> {
  if (typeof input === 'number') return withCount(input, undefined);
  if (typeof input === 'object') return withCount(input.count ?? 1, input.product);
  if (/^\d+$/.test(input)) return bad('is a number in quotes', `Write gpu: ${input}.`);
  const colon = input.lastIndexOf(':');
  if (colon < 0) return withCount(1, input);
  const count = input.slice(colon + 1);
  if (!/^[+-]?\d+(?:\.\d+)?$/.test(count)) return bad('has no number after the ":"', WRITE);
  return withCount(Number(count), input.slice(0, colon));
}

function withCount(count: number, product: string | undefined): Parsed<GpuSpec> {
  if (!Number.isFinite(count)) return bad('is not a number of GPUs', WRITE);
  if (count <= 0) return bad('asks for no GPU: the number is at least 1', 'Leave `gpu` out when the task needs none.');
  if (!Number.isInteger(count)) {
    return bad('asks for a part of a GPU: Kubernetes gives out whole GPUs only', 'Ask for a whole number of GPUs.');
  }
  if (product === undefined) return good({ count });
  if (!/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(product) || product.length > 63) {
    return bad('has a product that no node label can have', WRITE);
  }
  return good({ count, product });
}

/**
 * Whether nodes whose label nvidia.com/gpu.product is `label` are meant by `product`: its parts between dashes stand in
 * the label in this order, so `H100` and `H100-HBM3` mean `NVIDIA-H100-80GB-HBM3`, and `A100-80GB` means `NVIDIA-A100-SXM4-80GB`.
 */
export function matchesProduct(label: string, product: string): boolean {
  const parts = label.toLowerCase().split('-');
  let from = 0;
  for (const part of product.toLowerCase().split('-')) {
    const at = parts.indexOf(part, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}
