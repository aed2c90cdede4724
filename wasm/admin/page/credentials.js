// The credentials in the form, which are stored nowhere else.

import { $ } from "./dom.js";

export const placeholders = { username: "username", password: "password" };

// readCredentials returns the values of the fields, or the placeholders of empty
// ones.
export const readCredentials = () => ({
  username: $("username").value || placeholders.username,
  password: $("password").value || placeholders.password,
});

// basic returns the value of the header Authorization (RFC 7617), in UTF-8.
export function basic({ username, password }) {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
