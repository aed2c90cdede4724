// Decodes a pasted response.

import { announce } from "./announce.js";
import { showAnswer } from "./answer.js";
import { $, el } from "./dom.js";
import { Editor } from "./editor.js";
import { answers } from "./examples.js";
import { indexIn } from "./locate.js";
import { rules } from "./rules.js";

const pause = 150; // milliseconds
let editor = null;
let timer;

export function startDecode() {
  editor = new Editor($("decode-body"));
  $("decode-form").addEventListener("submit", (event) => event.preventDefault());
  $("decode-form").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(decode, pause);
  });
  for (const button of document.querySelectorAll("[data-sample]")) {
    button.addEventListener("click", () => fill(answers[button.dataset.sample]));
  }
}

function fill({ status, type, body }) {
  $("decode-status").value = status;
  $("decode-type").value = type;
  $("decode-body").value = body;
  decode();
}

// decode decodes the response in the form.
export function decode() {
  if (!rules) return;
  const body = $("decode-body").value;
  editor.show(-1);
  if (body === "") {
    $("decoded").replaceChildren(el("p", { class: "empty" }, "Members, errors and unknown members appear here."));
    return;
  }
  const { text } = showAnswer($("decoded"), {
    status: Number($("decode-status").value),
    contentType: $("decode-type").value,
    body,
    go: (issue) => goTo(body, issue),
  });
  announce(text);
}

// goTo moves the caret to an issue. Its index is in the body, or in the value of
// a member, whose place in the body has to be found first.
function goTo(body, issue) {
  const index = issue.source === "body" ? issue.index : indexIn(body, issue.path, issue.index);
  editor.show(index);
  editor.goTo(index);
}
