/** See index.d.ts. */
export function setCaret(element, { index }) {
  // A checkbox has the method, and no selection. What is selected before the focus comes is scrolled to.
  if (index >= 0 && element.selectionStart !== null) element.setSelectionRange?.(index, index);
  element.focus();
}
