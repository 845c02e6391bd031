import { shownText } from '../shown-text.ts';

/** HTML that is whole and safe. Only `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Html | string | number | undefined | readonly Content[];

/** A piece of a page. What is put in is text and never markup, unless `html` made it; `undefined` is nothing. */
export function html(pieces: TemplateStringsArray, ...contents: readonly Content[]): Html {
  let text = pieces[0]!;
  contents.forEach((content, index) => {
    text += render(content) + pieces[index + 1]!;
  });
  return new Html(text);
}

/** Text of a user: isolated, so that its direction does not change what is around it. */
export function user(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

function render(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'string') return escapeHtml(shownText(content));
  if (typeof content === 'number') return String(content);
  return content.map(render).join('');
}

const ESCAPES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}
