import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { slugLabel } from '../../units/dns-name.ts';
import { ExitCode } from '../exit-code.ts';
import { projectFiles } from '../init/templates.ts';
import type { Ports } from '../ports.ts';
import { UsageError } from '../usage-error.ts';

/** `podloom init [folder]`: writes what is not there. A file that is there is left as it is, and said. */
export function init(ports: Ports, folder = '.'): number {
  const root = resolve(ports.cwd, folder);
  const lines = Object.entries(projectFiles(slugLabel(basename(root)))).map(([path, text]) => {
    return `  ${writeNew(join(root, path), text) ? 'wrote' : 'kept '} ${path}\n`;
  });
  ports.stderr.write(
    `${lines.join('')}\nNext:\n${folder === '.' ? '' : `  cd ${folder}\n`}  npm install\n  npm run synth       # manifests in dist/\n  npm start           # runs the pipeline here; logs in runs/\n  npm test\n`,
  );
  return ExitCode.ok;
}

function writeNew(path: string, text: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && !message.includes('mkdir')) return false;
    throw new UsageError(`cannot write ${path}: ${code}`, 'Name another folder: `podloom init <folder>`.');
  }
}
