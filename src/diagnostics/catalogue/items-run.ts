import { definitions } from '../definition.ts';

const pod = (command: string, metadata = '') => `apiVersion: v1
kind: Pod
${metadata}spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox:1.37
      command: ${command}
`;
const named = 'metadata:\n  name: "show-{{.Index}}"\n';
/** `podloom items run` on this template and these items, without a cluster. */
function showing(template: string, items = 'a\nb\n', flag = '-i', file = 'items') {
  return {
    files: { 'pod.yaml': template, [file]: items },
    args: ['items', 'run', 'pod.yaml', flag, file, '--dry-run'],
  };
}

const knownPlaceholders =
  'Known are {{.Index}}, {{.Item}}, {{.Values.<field>}} and {{index .Values "<field>"}}. For two braces themselves write {{"{{"}}.';

/** PL490…PL499: `podloom items run`. */
export const itemsRunDefinitions = definitions({
  PL490: {
    severity: 'error',
    title: 'File that cannot be read',
    message: (p: { what: string; file: string; reason: string }) => `${p.what} ${p.file} cannot be read: ${p.reason}`,
    help: () => 'Check the spelling and the permissions. The path starts at the working directory.',
    explanation: 'The template of the pods or the list of the items is missing, is a folder, or may not be read.',
    example: { files: {}, args: ['items', 'run', 'missing.yaml', '-b', 'item-{0..3}', '--dry-run'] },
  },
  PL491: {
    severity: 'error',
    title: 'Template that is no pod',
    message: (p: { problem: string; help?: string }) => `the template ${p.problem}`,
    help: (p) => p.help ?? 'The template is one Pod as for `kubectl apply`, in YAML or JSON.',
    explanation: `A template is the manifest of one Pod (Kubernetes API, Pod v1), read as Kubernetes reads YAML. What is not said there is as always, but for
\`restartPolicy\`, which is \`Never\`: a pod that is started again and again has no end, and so no log that is complete.`,
    example: showing('apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: show }\nspec: {}\n'),
  },
  PL492: {
    severity: 'error',
    title: 'Placeholder that is not known',
    message: (p: { source: string; problem: string }) => `${p.source} ${p.problem}`,
    help: () => knownPlaceholders,
    explanation: `Of the templates of Go (text/template), as qupods takes them, podloom knows the values of an item; \`{{-\` and \`-}}\` trim blanks, and
\`{{"text"}}\` is text. There are no conditions, loops and functions: values are put into texts of parsed YAML, so that no item changes anything but the text it stands in.`,
    example: showing(pod('[echo, "{{.item}}", "{{printf .Item}}"]', named)),
  },
  PL493: {
    severity: 'error',
    title: 'Placeholder where none can be',
    message: (p: { where: string; problem: string; help: string }) => `${p.where} ${p.problem}`,
    help: (p) => p.help,
    explanation:
      'Keys, the kind, the namespace and the name of the container whose log is kept are the same for all items: podloom follows all pods with one watch, in one namespace.',
    example: showing(
      pod('[echo, "{{.Item}}"]', 'metadata:\n  name: "show-{{.Index}}"\n  labels: { "{{.Item}}": "1" }\n'),
    ),
  },
  PL494: {
    severity: 'error',
    title: 'Item without a field',
    message: (p: { item: string; placeholder: string; field: string; hint: string }) =>
      `${p.item} has no field ${JSON.stringify(p.field)}, which ${p.placeholder} stands for`,
    help: (p) => p.hint,
    explanation: `\`{{.Values.<field>}}\` is a field of the item. \`{{.Item}}\` is the line or the word, and of objects their field \`item\`, as in qupods. A field that
is missing is mostly misspelt, so it is not taken for the empty text.`,
    example: showing(
      pod('[echo, "{{.Values.path}}"]', named),
      '[{ "path": "a" }, { "paht": "b" }]\n',
      '-j',
      'items.json',
    ),
  },
  PL495: {
    severity: 'error',
    title: 'Name that no pod can have',
    message: (p: { item: string; name: string }) => `${p.item} gives the pod the name ${JSON.stringify(p.name)}`,
    help: () =>
      'Use {{.Index}} in the name, or leave `metadata.name` without a placeholder: then podloom makes a name of it and the item.',
    explanation:
      'Names of pods are DNS subdomains (RFC 1123): lower-case letters, digits, "-" and ".", at most 253 characters. The name is that of the log, too.',
    example: showing(pod('[echo, "{{.Item}}"]', 'metadata:\n  name: "show-{{.Item}}"\n'), 'a\nb c\nD\n'),
  },
  PL496: {
    severity: 'error',
    title: 'Two items with one pod',
    message: (p: { first: string; second: string; name: string }) =>
      `${p.first} and ${p.second} give their pods the same name, ${p.name}`,
    help: () => 'Take out the one that is there twice, or use {{.Index}} in the name of the pod.',
    explanation: 'The name of the pod is that of its log: one of the two would count as done when the other is.',
    example: showing(pod('[echo, "{{.Item}}"]', 'metadata:\n  name: show\n'), 'a\nb\na\n'),
  },
  PL497: {
    severity: 'warning',
    title: 'Item as part of a shell script',
    message: (p: { placeholder: string; item: string; character: string }) =>
      `${p.placeholder} is part of a shell script, and ${p.item} has ${p.character}, which the shell does not take as it is`,
    help: () =>
      'Give the item in the environment, as `env: [{ name: ITEM, value: "{{.Item}}" }]`, and write "$ITEM" in the script.',
    explanation:
      'podloom puts an item exactly into the text of the manifest, but a shell then reads this text as its script: blanks, quotes, `$`, `;` and others mean something to it, so that an item could run commands.',
    example: showing(pod('[sh, -c, "wc -l {{.Item}}"]', named), 'a.txt\nb c.txt\n'),
  },
  PL498: {
    severity: 'error',
    title: 'Items that are none',
    message: (p: { source: string; problem: string }) => `${p.source}: ${p.problem}`,
    help: () => 'Give lines (-i), a JSON list (-j), or a pattern such as `shard-{000..123}` (-b).',
    explanation:
      'A run without items would succeed without doing anything, which hides a wrong path. Patterns have the meaning of bash.',
    example: showing(pod('[echo, "{{.Item}}"]', named), '\n\n'),
  },
  PL499: {
    severity: 'error',
    title: 'Log folder in use',
    message: (p: { folder: string; pid: number }) => `the log folder ${p.folder} is in the hands of process ${p.pid}`,
    help: () => 'Wait for it or end it, or take another --logdir.',
    explanation: 'Two processes on one folder would make each pod twice and write over the logs of each other.',
    example: {
      ...showing(pod('[echo, "{{.Item}}"]', named)),
      files: { 'pod.yaml': pod('[echo, "{{.Item}}"]', named), items: 'a\n', 'QUPODS/items.lock': '1\n' },
      args: ['items', 'run', 'pod.yaml', '-i', 'items', '--yes'],
    },
  },
});
