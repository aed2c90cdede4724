// Writes a request as a curl command for any POSIX shell.

// quote quotes a text. No character has a meaning between single quotes; a
// single quote itself is escaped outside them.
export const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// curlCommand returns the command for a request, with placeholders for the
// credentials.
export function curlCommand({ url, headers, body }) {
  const lines = [
    "curl",
    `--request POST ${quote(url)}`,
    `--user ${quote("username:password")}`,
    ...Object.entries(headers).map(([name, value]) => `--header ${quote(`${name}: ${value}`)}`),
    `--data-raw ${quote(body)}`,
  ];
  return lines.join(" \\\n  ");
}
