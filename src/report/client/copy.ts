/** How long a button says that it has copied, in milliseconds. */
const SAID = 1500;

/** Each button copies the text of the element before it. Without scripts there are none. */
export function addCopyButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button.copy')) {
    const source = button.previousElementSibling!;
    button.hidden = false;
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(source.textContent ?? '');
        button.textContent = 'Copied';
      } catch {
        // No right to the clipboard: then the text is marked, and the keys for copying do it.
        getSelection()?.selectAllChildren(source);
        button.textContent = 'Marked';
      }
      setTimeout(() => {
        button.textContent = 'Copy';
      }, SAID);
    });
  }
}
