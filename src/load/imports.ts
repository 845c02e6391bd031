import { isBuiltin, type RegisterHooksOptions, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ownerOf } from '../diagnostics/stack.ts';

export interface Import {
  /** As it stands in the source. */
  readonly specifier: string;
  /** Absolute path of the module with the import. */
  readonly importer: string;
}

/** Node finds it out only when it loads the module, and no longer says where it is imported then. */
class UnknownBuiltin extends Error {
  readonly code = 'ERR_UNKNOWN_BUILTIN_MODULE';
}

/** What the user's modules import, as Node resolves it. */
export class Imports {
  readonly #hooks: { deregister(): void };
  /** By importer, then by imported file. */
  readonly #edges = new Map<string, Map<string, Import>>();
  readonly #failed: { readonly import: Import; readonly error: unknown }[] = [];

  /** `onBuiltin` is called before a built-in module is handed to anyone, with its name without `node:`. */
  constructor(onBuiltin: (name: string) => void) {
    const resolve: NonNullable<RegisterHooksOptions['resolve']> = (specifier, context, nextResolve) => {
      if (isBuiltin(specifier)) onBuiltin(specifier.replace(/^node:/, ''));
      const importer = fileOf(context.parentURL);
      try {
        if (specifier.startsWith('node:') && !isBuiltin(specifier)) throw new UnknownBuiltin(specifier);
        const result = nextResolve(specifier, context);
        if (importer !== undefined) this.#connect({ specifier, importer }, fileOf(result.url));
        return result;
      } catch (error) {
        if (importer !== undefined) this.#failed.push({ import: { specifier, importer }, error });
        throw error;
      }
    };
    this.#hooks = registerHooks({ resolve });
  }

  /** The user's own modules that these files import, directly or not; with the files themselves, in order of import. */
  modulesOf(files: readonly string[]): readonly string[] {
    const modules = new Set(files);
    for (const file of modules) for (const imported of this.#edges.get(file)?.keys() ?? []) modules.add(imported);
    return [...modules];
  }

  /** The import that threw this error because it led nowhere. */
  failureOf(error: unknown): Import | undefined {
    return this.#failed.find((failed) => failed.error === error)?.import;
  }

  /** An import of this file. */
  importOf(file: string): Import | undefined {
    for (const imported of this.#edges.values()) {
      const found = imported.get(file);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  release(): void {
    this.#hooks.deregister();
  }

  #connect(edge: Import, imported: string | undefined): void {
    if (imported === undefined || ownerOf(edge.importer) !== 'user' || ownerOf(imported) !== 'user') return;
    const edges = this.#edges.get(edge.importer);
    if (edges === undefined) this.#edges.set(edge.importer, new Map([[imported, edge]]));
    else if (!edges.has(imported)) edges.set(imported, edge);
  }
}

function fileOf(url: string | undefined): string | undefined {
  return url?.startsWith('file:') ? fileURLToPath(url) : undefined;
}
