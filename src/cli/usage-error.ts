/** The command line asks for something that cannot be. Ends with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What to do, one sentence. */
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}
