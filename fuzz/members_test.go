package fuzz_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/convuser/convuser/user"
)

// TestMembers holds what JavaScript and the interface of the module have of
// the members to the tables of package user, and the interface's version to
// that of goEnd, which a new member changes. "make generate" writes all of it.
func TestMembers(t *testing.T) {
	var request []string
	for _, m := range user.RequestMembers() {
		if m.Name == user.WebhookHeader {
			m.Name = m.Field
		}
		request = append(request, m.Name)
	}
	var types, declarations strings.Builder
	for _, m := range user.UserMembers() {
		value, declared := `"string"`, "string"
		switch m.Kind {
		case user.BoolKind:
			value, declared = `"boolean"`, "boolean"
		case user.LinksKind:
			value, declared = `{ user_conversations: "string" }`, "Links"
		}
		fmt.Fprintf(&types, "  %s: %s,\n", m.Name, value)
		fmt.Fprintf(&declarations, "  %s?: %s | null;\n", m.Name, declared)
	}
	const source = `// Made of user/members.go by "make generate".

/** The members of a request, in the order of the documentation. */
export const requestNames = ["%s"];

/** The members of a user, and their types in JSON. */
export const userTypes = {
%s};
`
	module := fmt.Sprintf(source, strings.Join(request, `", "`), types.String())
	generated(t, "wasm/npm/src/members.js", module)
	generated(t, "wasm/admin/page/members.js", module)
	within(t, "wasm/npm/index.d.ts", "export interface User {\n", declarations.String(), "  unknown?: Unknown;\n")
	within(t, abiPage, "- A request: ", strings.Join(request[:len(request)-1], ", "), ".\n")
	within(t, abiPage, "- A user: ", strings.Join(userMembers(), ", "), "; of links, ")
	abi := strconv.Itoa(goConstants(t)["abi"])
	within(t, abiPage, "the version of this interface: ", abi, " |")
	within(t, jsEnd, "export const abi = ", abi, ";\n")
}

// within holds the text of a file between two others to what it ought to be.
func within(t *testing.T, path, before, want, behind string) {
	t.Helper()
	head, rest, found := strings.Cut(readFile(t, path), before)
	_, tail, ended := strings.Cut(rest, behind)
	if !found || !ended {
		t.Fatalf("%s has no place for it between %q and %q", path, before, behind)
	}
	generated(t, path, head+before+want+behind+tail)
}
