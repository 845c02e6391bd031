import { defaultProfile } from '../../../src/ir/profile.ts';
import { environmentName, jobsItems } from '../../../src/targets/items/index.ts';
import type { PodContext } from '../../../src/targets/pod/index.ts';
import { aPipeline } from '../../rig/ir.ts';

/** A target that brings values in as `<NAME>`. */
export function aPodContext(overrides: Partial<PodContext> = {}): PodContext {
  return {
    pipeline: aPipeline({ name: 'example' }),
    profile: defaultProfile,
    items: jobsItems,
    valueFor: (reference) => ({ value: `<${environmentName(reference)}>` }),
    environment: [],
    tables: [],
    run: 'r1',
    schedulingGates: [],
    ...overrides,
  };
}

/**
 * What the kubelet makes of `text`: `$(NAME)` is the variable, or stays when there is none; `$$` is `$`. On bytes, as
 * third_party/forked/golang/expansion/expand.go of Kubernetes does, where a lone `$` makes a character of the byte after it.
 */
export function kubeletExpand(text: string, variables: ReadonlyMap<string, string>): string {
  const bytes = [...Buffer.from(text, 'utf8')];
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== 0x24 || at + 1 === bytes.length) {
      out.push(Buffer.from([bytes[at] as number]));
      continue;
    }
    const next = bytes[at + 1] as number;
    const end = bytes.indexOf(0x29, at);
    if (next === 0x24) out.push(Buffer.from('$'));
    else if (next !== 0x28) out.push(Buffer.from(`$${String.fromCodePoint(next)}`, 'utf8'));
    else if (end < 0) out.push(Buffer.from('$('));
    else {
      const name = Buffer.from(bytes.slice(at + 2, end)).toString('utf8');
      out.push(Buffer.from(variables.get(name) ?? `$(${name})`, 'utf8'));
      at = end - 1;
    }
    at += 1;
  }
  return Buffer.concat(out).toString('utf8');
}
