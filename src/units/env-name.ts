/** What is wrong with the name of an environment variable for Kubernetes before 1.34 (IsEnvVarName), if anything. */
export function envNameProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (!/^[-._A-Za-z][-._A-Za-z0-9]*$/.test(name)) {
    return 'may have only letters, digits, "_", "-" and ".", and does not start with a digit';
  }
  if (name === '.' || name.startsWith('..')) return 'must not be "." nor start with ".."';
  return undefined;
}

/** Whether a shell can hold a variable of this name. Shells drop others from the environment of what they start. */
export function isShellName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** The part of an environment variable's name that stands for a task, output or parameter: `best-lr` is `BEST_LR`. */
export function envNameOf(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}
