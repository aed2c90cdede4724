// A field of the form. An optional field is not sent, empty, or has a value. Its
// typed text is kept for when a person chooses the value again.

import { $, choose, chosen, el } from "./dom.js";
import { Editor } from "./editor.js";
import { adviceLine, issueLine } from "./issues.js";
import { afterClick } from "./pointer.js";

const emptyTexts = { absent: "not sent", empty: "sent empty", value: "" };

export class Field {
  #kept = ""; // the typed text while the input is empty
  #shown = "[null,[]]"; // the last arguments of show

  constructor(name, onChange) {
    this.name = name;
    this.input = $(name);
    this.optional = !this.input.required;
    this.oneLine = this.input.tagName === "INPUT";
    this.editor = this.oneLine ? null : new Editor(this.input);
    this.touched = false; // whether it shows its errors
    this.messages = el("div", { class: "messages" });
    this.input.closest(".field").append(this.messages);
    this.#describe([]);
    this.#listen(onChange);
  }

  #listen(onChange) {
    this.input.addEventListener("input", () => {
      if (this.optional) this.#setState(this.input.value === "" ? "absent" : "value");
      onChange(this);
    });
    this.input.addEventListener("blur", () => afterClick(() => this.#leave(onChange)));
    if (!this.optional) return;
    this.input.closest(".field").addEventListener("change", (event) => {
      if (event.target.type !== "radio") return;
      this.#chooseState(event.target.value);
      this.touched = true;
      onChange(this);
    });
  }

  // leave makes the field show its errors from now on, unless it was left empty.
  #leave(onChange) {
    if (this.touched || this.read() === (this.optional ? undefined : "")) return;
    this.touched = true;
    onChange(this);
  }

  get #stateName() {
    return `${this.name}-state`;
  }

  #setState(state) {
    choose(this.#stateName, state);
    this.input.placeholder = emptyTexts[state];
  }

  // chooseState removes the text or restores it.
  #chooseState(state) {
    if (state === "value") {
      this.input.value ||= this.#kept;
    } else if (this.input.value !== "") {
      this.#kept = this.input.value;
      this.input.value = "";
    }
    this.input.placeholder = emptyTexts[state];
  }

  // read returns the value; undefined means not sent.
  read() {
    const isAbsent = this.optional && chosen(this.#stateName) === "absent";
    return isAbsent ? undefined : this.input.value;
  }

  write(value) {
    this.#kept = "";
    this.input.value = value ?? "";
    if (this.optional) this.#setState(value === undefined ? "absent" : value === "" ? "empty" : "value");
  }

  // show shows the issue and the advice. If they are new, it returns them as
  // text, otherwise "".
  show(issue, advice) {
    this.editor?.show(issue?.index ?? -1); // even for the same issue, since the text has changed
    const given = JSON.stringify([issue ?? null, advice]);
    if (given === this.#shown) return ""; // so that a button in it keeps the focus
    this.#shown = given;
    this.input.setAttribute("aria-invalid", String(issue !== undefined));
    const ids = this.#showLines(issue, advice);
    this.#describe(ids);
    return `${this.name}: ${ids.map((id) => $(id).textContent).join(". ") || "no errors"}`;
  }

  // showLines shows the texts and returns their ids.
  #showLines(issue, advice) {
    const id = (i) => `${this.name}-message-${i}`;
    const go = issue?.index >= 0 ? () => this.goTo(issue.index) : undefined;
    const lines = issue ? [issueLine(issue, { id: id(0), oneLine: this.oneLine, go })] : [];
    for (const one of advice) lines.push(adviceLine(one, { id: id(lines.length), oneLine: this.oneLine }));
    this.messages.replaceChildren(...lines);
    return lines.map((_, i) => id(i));
  }

  #describe(ids) {
    this.input.setAttribute("aria-describedby", [...ids, `${this.name}-hint`].join(" "));
  }

  goTo(index) {
    if (this.editor) {
      this.editor.goTo(index);
    } else {
      this.input.focus();
      this.input.setSelectionRange(index, index);
    }
  }
}
