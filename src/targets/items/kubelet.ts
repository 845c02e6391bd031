import type { Container } from '../../ir/task.ts';
import type { Text } from '../../ir/text.ts';
import { environmentName, isRunReference } from './references.ts';

/**
 * Text as it stands in `command`, `args` and `env[].value`, so that the kubelet's expansion gives it back byte for byte.
 * There `$(NAME)` is a reference and `$$` is a `$`. A lone `$` is kept before most characters, but the expansion damages
 * the one before a non-ASCII character (it writes one byte of it as a character of its own), so that one is doubled too.
 * Rule: third_party/forked/golang/expansion/expand.go of Kubernetes, the same since 1.1.
 */
export function escapeForKubelet(text: string): string {
  return text.replace(/\$+(?=([^$])?)/gu, (dollars: string, next: string | undefined) =>
    dollars.length === 1 && next !== undefined && next !== '(' && next < '\u0080' ? dollars : dollars + dollars,
  );
}

/**
 * A text with its references as `$(PODLOOM_…)`, for the kubelet. Mounts are written out. References to items
 * have no meaning here and give nothing: texts that hold one are the script's.
 */
export function kubeletText(text: Text, container: Container): string {
  let result = '';
  let literal = '';
  for (const part of text) {
    if (typeof part === 'string') literal += part;
    else if (part.kind === 'mount') literal += mountPathOf(part.volume, container);
    else if (isRunReference(part)) {
      result += `${escapeForKubelet(literal)}$(${environmentName(part)})`;
      literal = '';
    }
  }
  return result + escapeForKubelet(literal);
}

export function mountPathOf(volume: string, container: Container): string {
  return container.volumes.find((mount) => mount.volume === volume)?.mountPath ?? '';
}
