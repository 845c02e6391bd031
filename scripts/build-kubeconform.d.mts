/** Makes build/kubeconform when it is not up to date and there is Go. */
export function buildKubeconform(options?: {
  readonly log?: (line: string) => void;
}): Promise<'built' | 'up to date' | 'no Go' | 'failed'>;
