import { createRequire } from 'node:module';
import type { App } from 'cdk8s';

type Cdk8s = { readonly App: { readonly prototype: App } };

/**
 * Makes `app.synth()` do nothing while files are loaded: podloom writes what they declare, in its own way and once.
 * cdk8s is taken from where each file finds it, because a project can have another copy than podloom.
 */
export class MutedApps {
  readonly #undo = new Map<App, () => void>();

  /** To be called before `file` is imported. A project without cdk8s fails at its own import, with a better message. */
  muteFor(file: string): void {
    let cdk8s: Cdk8s;
    try {
      cdk8s = createRequire(file)('cdk8s') as Cdk8s;
    } catch {
      return;
    }
    const { prototype } = cdk8s.App;
    if (this.#undo.has(prototype)) return;
    const { synth, synthYaml } = prototype;
    prototype.synth = () => undefined;
    prototype.synthYaml = () => '';
    this.#undo.set(prototype, () => Object.assign(prototype, { synth, synthYaml }));
  }

  release(): void {
    for (const undo of this.#undo.values()) undo();
  }
}
