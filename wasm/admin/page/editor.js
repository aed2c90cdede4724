// A text area that marks an error. Behind it lies an element, the echo, with the
// same text in the same place and the mark.

import { el } from "./dom.js";

const mostEchoed = 50_000; // characters; more would slow down typing

export class Editor {
  constructor(area) {
    this.area = area;
    this.echo = area.parentElement.querySelector(".echo");
    this.mark = null;
    area.addEventListener("scroll", () => this.follow());
  }

  // show marks the character at index; -1 marks none.
  show(index) {
    const { value } = this.area;
    this.mark = null;
    if (index < 0 || value.length > mostEchoed) {
      this.echo.replaceChildren();
      return;
    }
    const character = String.fromCodePoint(value.codePointAt(index) ?? 0x20);
    const visible = character === "\n" ? " \n" : character;
    this.mark = el("mark", {}, visible);
    this.echo.replaceChildren(value.slice(0, index), this.mark, value.slice(index + character.length), "\n");
    this.follow();
  }

  follow() {
    this.echo.scrollTop = this.area.scrollTop;
  }

  // goTo moves the caret before the character at index, and scrolls to it.
  goTo(index) {
    this.area.focus();
    this.area.setSelectionRange(index, index);
    this.area.scrollTop = this.topOf(index) - this.area.clientHeight / 2;
    this.follow();
  }

  // topOf returns how far down the character at index is. Without a mark it is
  // estimated from the length of the text before it.
  topOf(index) {
    if (this.mark) return this.mark.offsetTop;
    return (index / this.area.value.length) * this.area.scrollHeight;
  }
}
