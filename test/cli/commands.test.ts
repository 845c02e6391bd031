import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/diagnostics/catalogue.ts';
import { podloom, readFiles, temporaryFolder } from './rig.ts';

const commands = [
  ...['synth', 'validate', 'graph', 'apply', 'diff', 'rbac', 'run', 'resume', 'status', 'logs', 'cancel'],
  ...['report', 'profile', 'explain', 'init', 'completion'],
];

describe('podloom', () => {
  it('has help with examples for each command', async () => {
    const help = await podloom('/', ['--help']);
    expect(help.code).toBe(0);
    for (const command of commands) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command} .+`, 'm'));
      const own = await podloom('/', [command, '--help']);
      expect(own).toMatchObject({ code: 0, stderr: '' });
      expect(own.stdout).toContain('\nExamples:\n  $ ');
    }
  });

  it.each([
    [['sinth'], "error: unknown command 'sinth'\n(Did you mean synth?)\n"],
    [['synth', '--chek'], "error: unknown option '--chek'\n(Did you mean --check?)\n"],
    [
      ['synth', '--target', 'slurm'],
      "error: option '--target <target>' argument 'slurm' is invalid. Allowed choices are argo, jobs, all.\n",
    ],
    [['synth', '--cdk8s', '--check'], "error: option '--cdk8s' cannot be used with option '--check'\n"],
    [
      ['run', 'one'],
      'error PL400: no cluster is configured: there is no kubeconfig\n  help: Set KUBECONFIG, write ~/.kube/config, or name a file with `--kubeconfig`.\n\n1 error\n',
    ],
    [
      ['run', 'one', '--local', '--max-pending', '3'],
      'error: --max-pending means nothing with --local\n  help: Leave one of them out.\n',
    ],
    [
      ['apply', 'one', '--timeout', '5m'],
      'error: --timeout means nothing without --watch\n  help: Add --watch, or use `podloom run`.\n',
    ],
    [
      ['run', 'one', '--fail-fast', '--keep-going'],
      "error: option '--fail-fast' cannot be used with option '--keep-going'\n",
    ],
    [
      ['run', 'one', '--target', 'argo', '--fail-fast'],
      'error: --fail-fast means nothing under Argo: the Workflow says what goes on after a failure\n  help: Leave it out; the edges of the pipeline hold there.\n',
    ],
    [
      ['apply', 'one', '--keep-going'],
      'error: --keep-going means nothing without --watch\n  help: Add --watch, or use `podloom run`.\n',
    ],
    [
      ['apply', 'one', '--watch', '--prune'],
      'error: --prune means nothing with --watch\n  help: Leave one of them out.\n',
    ],
    [
      ['run', 'one', '--timeout', 'soon'],
      'error: option \'--timeout <duration>\' argument \'soon\' is invalid. It is not a duration. Write it as "90s", "5m", "1h30m" or "2d", or as a number of seconds.\n',
    ],
    [['run', 'one', '--local', '-p', 'min'], 'error: -p "min" is not a parameter\n  help: Write -p name=value.\n'],
    [
      ['run', 'one', '--local', '--max-running', '0'],
      "error: option '--max-running <n>' argument '0' is invalid. It has to be a whole number from 1.\n",
    ],
    [['explain', 'PL33'], 'error: there is no diagnostic "PL33"\n  help: `podloom explain` lists all.\n'],
    [['completion', 'tcsh'], 'error: there is no completion for "tcsh"\n  help: Shells are bash, zsh, fish.\n'],
    [['graph'], "error: missing required argument 'pipeline'\n"],
  ])('refuses %j', async (argv, stderr) => {
    const ran = await podloom(temporaryFolder({ 'pipelines/one.ts': '' }), argv);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toBe(stderr);
  });

  it('prints its version, and help when called with nothing', async () => {
    expect((await podloom('/', ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await podloom('/', [])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Usage: podloom /),
    });
  });
});

describe('podloom graph', () => {
  it('prints a picture, or writes it to a file', async () => {
    const root = temporaryFolder({ 'pipelines/one.ts': '' });
    const mermaid = 'flowchart TD\n  t0["first"]\n  t1["second"]\n  t0 --> t1\n';
    expect(await podloom(root, ['graph', 'one'])).toEqual({ code: 0, stdout: mermaid, stderr: '' });
    expect(await podloom(root, ['graph', 'pipelines/one.ts', '--out', 'one.mmd'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'Wrote one.mmd.\n',
    });
    expect(readFiles(root)['one.mmd']).toBe(mermaid);
    expect((await podloom(root, ['graph', 'two'])).code).toBe(2);
    expect(await podloom(root, ['graph', 'one', '--out', 'no/where'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: cannot write no\/where: ENOENT/),
    });
  });
});

describe('podloom explain', () => {
  it('explains each code, and lists all', async () => {
    for (const code of Object.keys(catalogue)) {
      const { stdout } = await podloom('/', ['explain', code.toLowerCase()]);
      expect(stdout).toMatch(new RegExp(`^${code} \\((error|warning)\\): .+\\n\\n[\\s\\S]+\\n\\nExample`));
    }
    expect((await podloom('/', ['explain'])).stdout.trim().split('\n')).toHaveLength(Object.keys(catalogue).length);
  });
});

describe('podloom validate', () => {
  it('checks the output folder, or what is named', async () => {
    const root = temporaryFolder({
      'package.json': '{}',
      'dist/argo/a.yaml': 'unknown',
      'dist/argo/kustomization.yaml': 'damaged',
      'dist/jobs/b.yaml': '',
      'dist/notes.txt': 'damaged',
      'bad.yaml': 'damaged',
    });
    expect(await podloom(root, ['validate'])).toEqual({
      code: 0,
      stdout: '',
      stderr:
        'Not checked, because there is no schema: example.com/v1 Thing.\nkubeconform: 2 documents checked.\n2 objects in 2 files: valid for Kubernetes 1.33 and Argo 4.0.\n',
    });
    const bad = await podloom(root, ['validate', 'dist/jobs', 'bad.yaml']);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('bad.yaml:1:1 error PL325');
    expect(bad.stderr).toContain('2 objects in 2 files: not valid for Kubernetes 1.33 and Argo 4.0.\n');
    expect(await podloom(root, ['validate', 'nothing'])).toMatchObject({
      code: 2,
      stderr: 'error: there is no "nothing"\n  help: Run `podloom synth` first, or name files or folders.\n',
    });
  });

  it('refuses what cannot be read', async () => {
    const root = temporaryFolder({ 'package.json': '{}' });
    symlinkSync('loop.yaml', join(root, 'loop.yaml'));
    const { code, stderr } = await podloom(root, ['validate', 'loop.yaml']);
    expect(stderr).toMatch(/^error: cannot read ".*loop\.yaml": ELOOP\n/);
    expect(code).toBe(2);
  });

  it('says so when there is no kubeconform', async () => {
    const root = temporaryFolder({ 'dist/a.yaml': '' });
    const { code, stderr } = await podloom(root, ['validate'], {
      toolchain: { kubeconform: async () => ({ unavailable: 'kubeconform is not there. Install it.' }) },
    });
    expect(stderr).toBe(
      'Not checked a second time: kubeconform is not there. Install it.\n1 object in 1 file: valid for Kubernetes 1.33 and Argo 4.0.\n',
    );
    expect(code).toBe(0);
  });
});

describe('podloom completion', () => {
  it('completes commands, flags and pipelines in bash', async () => {
    const root = temporaryFolder({
      'pipelines/imagenet.ts': '',
      'pipelines/words.mjs': '',
      'pipelines/a.test.ts': '',
      'pipelines/x.d.ts': '',
    });
    const { stdout } = await podloom(root, ['completion', 'bash']);
    const complete = (...line: string[]): string[] => {
      const script = `${stdout}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _podloom; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', script, 'bash', ...line], { cwd: root, encoding: 'utf8' })
        .trim()
        .split('\n');
    };
    expect(complete('podloom', 'sy')).toEqual(['synth']);
    expect(complete('podloom', 'synth', '--ch')).toEqual(['--check']);
    expect(complete('podloom', 'graph', '')).toEqual(expect.arrayContaining(['--format', 'imagenet', 'words']));
    expect(complete('podloom', 'graph', 'i')).toEqual(['imagenet']);
    expect(complete('podloom', 'run', 'a')).toEqual(['']);
  });

  it.each(['zsh', 'fish'])('has a script for %s with every command', async (shell) => {
    const { stdout } = await podloom('/', ['completion', shell]);
    for (const command of commands) expect(stdout).toContain(command);
    expect(stdout).not.toContain('--watched');
  });
});

describe('podloom init', () => {
  it('writes a project and never overwrites', async () => {
    const root = temporaryFolder({ 'new/package.json': 'mine' });
    const { code, stderr } = await podloom(root, ['init', 'new']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^ {2}kept {2}package\.json\n {2}wrote tsconfig\.json\n/);
    expect(Object.keys(readFiles(join(root, 'new')))).toEqual([
      '.github/workflows/synth.yml',
      '.gitignore',
      'cdk8s.yaml',
      'package.json',
      'pipelines/hello.ts',
      'test/hello.test.ts',
      'tsconfig.json',
    ]);
    expect(readFiles(root)['new/package.json']).toBe('mine');
    expect(await podloom(root, ['init', 'new/package.json'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: cannot write /),
    });
  });
});
