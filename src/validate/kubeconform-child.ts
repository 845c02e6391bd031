import { readFileSync } from 'node:fs';
import { argv, exit } from 'node:process';
import { WASI } from 'node:wasi';
import { gunzipSync } from 'node:zlib';

/**
 * Runs kubeconform as WebAssembly in a process of its own: it writes to this process's stdout and ends it.
 * The one argument is JSON: the file, its arguments, and the folders that it may read by the names that it knows them by.
 */
interface Request {
  readonly wasm: string;
  readonly args: readonly string[];
  readonly folders: { readonly [name: string]: string };
}

/** The part of WebAssembly that is used: the language's own library does not declare it. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
};

const { wasm, args, folders } = JSON.parse(argv[2] as string) as Request;
const wasi = new WASI({
  version: 'preview1',
  args: ['kubeconform', ...args],
  env: {},
  preopens: { ...folders },
  returnOnExit: true,
});
const module = await WebAssembly.compile(gunzipSync(readFileSync(wasm)));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
exit(wasi.start(instance));
