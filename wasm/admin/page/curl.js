// A curl command that any POSIX shell reads as what was meant.

// quote puts a text between single quotes, inside which a shell gives no
// character a meaning; a single quote itself stands outside them, escaped.
export const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// curlCommand writes the command for a request. Credentials are for whoever
// runs it to fill in.
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
