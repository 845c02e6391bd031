import type { DocumentOptions, ParseOptions, ScalarTag, SchemaOptions } from 'yaml';

/**
 * YAML as Kubernetes reads it (sigs.k8s.io/yaml): 1.1, so that `yes` is true and `010` is eight, but without numbers in
 * base 60, without dates, and with `.` as text.
 */
export const kubernetesYaml: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !isForeign(tag as ScalarTag)).map(withDigit),
};

function isForeign({ format, tag }: ScalarTag): boolean {
  return format === 'TIME' || tag === 'tag:yaml.org,2002:timestamp';
}

/** The plain form of floats in the library takes a lone dot for a number. */
function withDigit<T>(tag: T): T {
  const { tag: name, format, test } = tag as ScalarTag;
  const plain = name === 'tag:yaml.org,2002:float' && format === undefined && test?.test('.') === true;
  return plain ? { ...tag, test: /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/ } : tag;
}
