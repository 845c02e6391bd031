/** Control characters, line separators, marks that change the direction of text, and halves of surrogate pairs. */
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** Text of users as it may go to a terminal: what is not visible, or would steer the terminal, is written as an escape. */
export function visible(text: string): string {
  return text.replace(invisible, (character) => {
    switch (character) {
      case '\n':
        return '\\n';
      case '\r':
        return '\\r';
      case '\t':
        return '\\t';
      default:
        return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    }
  });
}

/** The same for text of several lines, which stays so; lines after the first are indented. */
export function visibleLines(text: string, indent: string): string {
  return text
    .split(/\r\n|\n/)
    .map(visible)
    .join(`\n${indent}`);
}
