/** See index.d.ts. */
export function setCaret(element, { index }) {
  // A checkbox has the method, but no selection. Focusing scrolls to a selection made before.
  if (index >= 0 && element.selectionStart !== null) element.setSelectionRange?.(index, index);
  element.focus();
}
