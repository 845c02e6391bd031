import { durationText, sinceText, stateWords } from '../words.ts';
import { causeOf, itemOf, nodeOf, outcomeOf, type RunData } from './data.ts';
import { element, userText } from './elements.ts';

/** What is said of an attempt under the pointer. */
export function attemptTip(data: RunData, attempt: number): Node[] {
  const item = itemOf(data, attempt);
  const { run, itemNames, itemTask, number, start, length, wait, firstAttempt } = data;
  const task = run.tasks[itemTask[item]!]!.name;
  const lines: Node[] = [element('b', {}, userText(`${task}/${itemNames[item]!}`))];
  const line = (...words: (Node | string)[]): void => void lines.push(element('div', {}, ...words));
  const outcome = outcomeOf(data, attempt);
  const several = firstAttempt[item + 1]! - firstAttempt[item]! > 1;
  line(
    `${several ? `attempt ${number[attempt]!}: ` : ''}${outcome === 'retried' ? 'failed, tried again' : stateWords[outcome]}`,
  );
  const cause = causeOf(data, attempt);
  if (cause !== '' && cause !== outcome) line(userText(cause));
  const ran = outcome === 'running' ? 'has run for' : 'ran';
  line(`began at ${sinceText(start[attempt]! - run.session)}, ${ran} ${durationText(length[attempt]!)}`);
  if (wait[attempt]! > 0) line(`waited ${durationText(wait[attempt]!)}`);
  const node = nodeOf(data, attempt);
  if (node !== '') line('on ', userText(node));
  return lines;
}
