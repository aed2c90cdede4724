// Makes elements and texts. No string becomes markup.

export const $ = (id) => document.getElementById(id);

// say shows a text in the element with an id, and hides the element for "".
export function say(id, text) {
  $(id).textContent = text;
  $(id).hidden = text === "";
}

// el makes an element. Attributes that are false or undefined are not set, and
// those that are true have no value.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== ""));
  return node;
}

// button makes a button.
export function button(className, text, onClick, label) {
  const node = el("button", { class: className, type: "button", "aria-label": label }, text);
  node.addEventListener("click", onClick);
  return node;
}

// chosen returns the value of a group of radio buttons.
export const chosen = (name) => document.querySelector(`input[name="${name}"]:checked`).value;

// choose sets the value of a group of radio buttons.
export function choose(name, value) {
  document.querySelector(`input[name="${name}"][value="${value}"]`).checked = true;
}

const mostShown = 20_000; // a browser takes seconds to lay out a megabyte on one line

// shorten returns the part of a text that the page shows.
export function shorten(text, most = mostShown) {
  if (text.length <= most) return text;
  const end = most - (text.charCodeAt(most - 1) >> 10 === 0x36 ? 1 : 0); // not half of a surrogate pair
  return `${text.slice(0, end)}… and ${number(text.length - end)} more characters`;
}

export const number = (n) => n.toLocaleString("en-US");

// count writes a number with its noun.
export const count = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

export const capital = (text) => text && text[0].toUpperCase() + text.slice(1);

// size writes a number of bytes for people.
export function size(bytes) {
  if (bytes < 1000) return count(bytes, "byte");
  if (bytes < 999_500) return `${(bytes / 1e3).toPrecision(3)} KB`;
  return `${(bytes / 1e6).toPrecision(3)} MB`;
}

// duration writes milliseconds for people.
export const duration = (ms) => (ms < 1000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`);
