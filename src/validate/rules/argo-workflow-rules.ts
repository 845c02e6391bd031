import { isObject } from '../path.ts';
import type { Place } from './place.ts';

/** What Argo itself refuses of a workflow (workflow/validate/validate.go of Argo 3.7): its templates and how they refer to each other. */
export function workflowRules(spec: Place): void {
  const templates = spec.at('templates');
  if (templates.items.length === 0) return;
  const named = new Set(templates.items.flatMap((template) => template.at('name').text ?? []));
  fieldNames(templates, 'name');
  // A template of another object may be meant.
  const other = spec.has('workflowTemplateRef');
  for (const field of ['entrypoint', 'onExit']) if (!other) templateName(spec.at(field), named);
  namesOf(spec.at('arguments'));
  for (const template of templates.items) templateRules(template, named);
}

const TYPES = ['container', 'containerSet', 'dag', 'data', 'http', 'plugin', 'resource', 'script', 'steps', 'suspend'];

function templateRules(template: Place, templates: ReadonlySet<string>): void {
  template.oneOf(TYPES);
  namesOf(template.at('inputs'));
  namesOf(template.at('outputs'));
  template.at('timeout').fits((text) => !/^\d+$/.test(text), 'a duration such as 30s');
  if (template.has('timeout') && (template.has('dag') || template.has('steps'))) {
    template.at('timeout').refuse('is there, and only templates that run something have it');
  }
  const inputs = new Set(
    template
      .at('inputs')
      .at('parameters')
      .items.flatMap((one) => one.at('name').text ?? []),
  );
  for (const [field, part] of template.fields) if (field !== 'inputs') inputTags(part, inputs);
  if (template.has('dag')) dagRules(template.at('dag'), templates);
}

function namesOf(values: Place): void {
  for (const kind of ['parameters', 'artifacts']) {
    for (const value of values.at(kind).items) {
      value.at('name').fits((text) => /^[-a-zA-Z0-9_]+$/.test(text), 'letters, digits, "-" and "_"');
      const options = value.at('enum');
      if (options.value === undefined) continue;
      if (options.items.length === 0) options.refuse('is empty');
      const given = value.at('value').value;
      if (given !== undefined && options.items.length > 0 && !options.items.some((option) => option.value === given)) {
        value.at('value').refuse(`is ${JSON.stringify(given)}, which is none of enum`);
      }
    }
    values.at(kind).unique('name');
  }
}

function fieldNames(list: Place, key: string): void {
  for (const item of list.items) {
    item
      .at(key)
      .fits(
        (text) => /^[a-zA-Z0-9][-a-zA-Z0-9]{0,127}$/.test(text),
        'at most 128 letters, digits and "-", not "-" first',
      );
  }
  list.unique(key);
}

function templateName(place: Place, templates: ReadonlySet<string>): void {
  place.fits((text) => templates.has(text), 'one of the templates');
}

/** Tags of inputs that the template does not have. Expressions and other tags are Argo's own matter. */
function inputTags(place: Place, inputs: ReadonlySet<string>): void {
  const { value } = place;
  if (typeof value === 'string') {
    for (const [, name] of value.matchAll(/\{\{\s*inputs\.parameters\.([-\w]+)\s*\}\}/g)) {
      if (!inputs.has(name as string))
        place.refuse(`has {{inputs.parameters.${name}}}, and the template has no such input`);
    }
    return;
  }
  for (const item of place.items) inputTags(item, inputs);
  if (isObject(value)) for (const [, field] of place.fields) inputTags(field, inputs);
}

function dagRules(dag: Place, templates: ReadonlySet<string>): void {
  const tasks = dag.at('tasks');
  fieldNames(tasks, 'name');
  const names = new Set(tasks.items.flatMap((task) => task.at('name').text ?? []));
  for (const task of tasks.items) {
    templateName(task.at('template'), templates);
    task.oneOf(['inline', 'template', 'templateRef']);
    task.oneOf(['withItems', 'withParam', 'withSequence'], { optional: true });
    task.oneOf(['depends', 'dependencies'], { optional: true });
    for (const dependency of task.at('dependencies').items)
      dependency.fits((text) => names.has(text), 'a task of the DAG');
    task
      .at('depends')
      .fits((text) => namesIn(text).every((name) => names.has(name)), 'an expression over tasks of the DAG');
  }
}

/** Names of tasks in `a && (b.Failed || !c)`. */
function namesIn(depends: string): string[] {
  return [...depends.matchAll(/([-\w]+)(?:\.\w+)?/g)].map(([, name]) => name as string);
}
