// setCaret: on fake elements, and in a browser on real ones.
import { caseList } from "./cases.js";

const { cases, add } = caseList();
export default cases;

/** An element that records calls. */
function fake(members) {
  const done = [];
  return { done, focus: () => done.push("focus"), setSelectionRange: (...range) => done.push(range), ...members };
}

add("the caret is set at the issue, then the element is focused", ({ convuser, codec, assert }) => {
  const element = fake();
  assert.equal(convuser.setCaret(element, codec.validateAttributes('{"é😀":}').issues[0]), undefined);
  assert.deepEqual(element.done, [[7, 7], "focus"]);
});

add("an issue without a place and elements without a caret: only focus", ({ convuser, codec, assert }) => {
  const [nowhere] = codec.validateRequest({}).issues;
  const [place] = codec.validateAttributes("{").issues;
  for (const [element, issue] of [[fake(), nowhere], [fake({ setSelectionRange: undefined }), place], [fake({ selectionStart: null }), place]]) {
    convuser.setCaret(element, issue);
    assert.deepEqual(element.done, ["focus"]);
  }
});

add("in a browser: input, textarea, checkbox and select", async ({ convuser, codec, assert, runtime }) => {
  if (runtime !== "browser") return;
  document.body.innerHTML = `<input><textarea rows="2"></textarea><input type="checkbox"><input type="email"><select><option>a</option></select>`;
  const [input, textarea, ...others] = document.body.children;
  const value = `{\n${'"a": 1,\n'.repeat(200)}!`;
  input.value = textarea.value = value.replaceAll("\n", " ");
  textarea.value = value;
  for (const element of [input, textarea]) {
    const [issue] = codec.validateAttributes(element.value).issues;
    convuser.setCaret(element, issue);
    assert.equal(document.activeElement, element);
    assert.deepEqual([element.selectionStart, element.selectionEnd], [issue.index, issue.index]);
    assert.equal(element.value[issue.index], "!");
  }
  for (let frames = 0; textarea.scrollTop === 0 && frames < 60; frames++) await new Promise(requestAnimationFrame); // Firefox scrolls later
  assert.ok(textarea.scrollTop > 0, "the line is visible");
  for (const element of others) {
    convuser.setCaret(element, codec.validateAttributes("{").issues[0]);
    assert.equal(document.activeElement, element, element.type);
  }
});
