import { expect, test } from 'vitest';
import { captureOrigin, type OriginCapture, resolveOrigin } from '../../src/diagnostics/capture.ts';
import { parseStack } from '../../src/diagnostics/stack.ts';

class Base {
  readonly capture: OriginCapture;
  constructor() {
    this.capture = captureOrigin(new.target, () => 'a/b');
  }
}
class Sub extends Base {}

test('the place is where the outermost class is made, its callers follow, and it is plain frozen data', () => {
  const helper = () => new Sub();
  const limit = Error.stackTraceLimit;
  const [first, second] = [helper(), helper()].map(({ capture }) => resolveOrigin(capture));
  expect(Error.stackTraceLimit).toBe(limit);
  expect(first?.location?.file).toBe(import.meta.filename);
  expect(first?.location).toEqual(second?.location);
  expect(first?.callers[0]?.line).toBe((first?.location?.line ?? 0) + 2);
  expect(Object.isFrozen(first) && Object.isFrozen(first?.location)).toBe(true);
  expect(JSON.parse(JSON.stringify(first))).toEqual(first);
});

test('frames by owner, with URLs, paths, brackets and async', () => {
  const stack = `Error: x
    at new Task (file:///a%20b/(c)/p.ts:3:4)
    at async file:///a/q.ts:5:6
    at Array.map (<anonymous>)
    at f (/a/node_modules/x/i.js:7:8)
    at ModuleJob.run (node:internal/modules/esm/module_job:1:2)
    at async file:///importer.ts:9:9`;
  expect(
    parseStack(stack).map(({ owner, location }) => `${owner} ${location.file}:${location.line}:${location.column}`),
  ).toEqual([
    'user /a b/(c)/p.ts:3:4',
    'user /a/q.ts:5:6',
    'dependency /a/node_modules/x/i.js:7:8',
    'node node:internal/modules/esm/module_job:1:2',
  ]);
});
