import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runKubeconform } from '../../src/validate/kubeconform.ts';

/**
 * What the real kubeconform refuses of these YAML texts. undefined where it is not to be had, which in CI is a failure:
 * the test that asks for it says so.
 */
export async function kubeconformRefusals(texts: readonly string[]): Promise<readonly string[] | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'podloom-kubeconform-'));
  try {
    const files = texts.map((text, index) => {
      const file = join(folder, `${index}.yaml`);
      writeFileSync(file, text);
      return file;
    });
    const outcome = await runKubeconform(files);
    if (outcome.kind === 'unavailable') {
      if (process.env.CI === 'true') throw new Error(outcome.reason);
      console.warn(`kubeconform: not asked (${outcome.reason})`);
      return undefined;
    }
    return outcome.results
      .filter(({ status }) => status === 'invalid' || status === 'error')
      .map(({ kind, name, message }) => `${kind}/${name}: ${message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
