// Credentials: what the two fields hold, kept nowhere else.

import { $ } from "./dom.js";

export const placeholders = { username: "username", password: "password" };

// readCredentials returns what was typed, or the placeholder of what was not.
export const readCredentials = () => ({
  username: $("username").value || placeholders.username,
  password: $("password").value || placeholders.password,
});

// basic writes the header Authorization (RFC 7617) in UTF-8, which btoa alone
// does not take.
export function basic({ username, password }) {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
