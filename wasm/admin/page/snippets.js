// Writes a request as a program, with placeholders for the credentials.

import { placeholders } from "./credentials.js";

const escaped = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

// quoted returns a well-formed text as a string literal of both Go and
// JavaScript, which share the escapes of JSON. Invisible characters and those
// that change the direction of text are escaped too: a person could not see
// them, and Go refuses U+FEFF.
const quoted = (text) => JSON.stringify(text).replace(escaped, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

// goCode returns a program that uses httpwire.Client.
export function goCode({ base, request }) {
  const members = [
    `Identity: ${quoted(request.Identity)},`,
    request.FriendlyName !== undefined && `FriendlyName: user.Some(${quoted(request.FriendlyName)}),`,
    request.Attributes !== undefined && `Attributes: user.Some(user.Attributes(${quoted(request.Attributes)})),`,
    request.RoleSid !== undefined && `RoleSID: user.Some(user.RoleSID(${quoted(request.RoleSid)})),`,
    request.WebhookEnabled !== undefined && `WebhookEnabled: user.Some(${request.WebhookEnabled}),`,
  ].filter(Boolean);
  return `package main

import (
	"context"
	"fmt"
	"log"

	"github.com/convuser/convuser/encode/httpwire"
	"github.com/convuser/convuser/user"
)

func main() {
	client := httpwire.Client{
		Base:        ${quoted(base)},
		Credentials: httpwire.BasicAuth(${quoted(placeholders.username)}, ${quoted(placeholders.password)}),
	}
	created, _, err := client.Create(context.Background(), &user.CreateRequest{
		${aligned(members).join("\n\t\t")}
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(created.SID.Or(""))
}
`;
}

// aligned aligns the values as gofmt does.
function aligned(members) {
  const widest = Math.max(...members.map((member) => member.indexOf(":"))) + 2;
  return members.map((member) => {
    const colon = member.indexOf(":") + 1;
    return member.slice(0, colon).padEnd(widest) + member.slice(colon + 1);
  });
}

// nodeCode returns a module for Node.js.
export function nodeCode({ url, headers, body }) {
  const lines = Object.entries(headers).map(([name, value]) => `    ${quoted(name)}: ${quoted(value)},`);
  return `const credentials = Buffer.from(${quoted(`${placeholders.username}:${placeholders.password}`)}).toString("base64");
const response = await fetch(${quoted(url)}, {
  method: "POST",
  redirect: "error",
  headers: {
    "Authorization": \`Basic \${credentials}\`,
${lines.join("\n")}
  },
  body: ${quoted(body)},
});
console.log(response.status, await response.text());
`;
}
