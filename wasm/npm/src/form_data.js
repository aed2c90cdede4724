import { WasmError } from "./errors.js";
import { failure, ownIssue } from "./issues.js";
import { requestNames } from "./members.js";
import { checkOptions, isSet } from "./options.js";

/** See index.d.ts. */
export function fromFormData(form, options = {}) {
  checkOptions(options, ["keepEmpty"]);
  if (typeof form?.getAll !== "function") throw new WasmError("OPTIONS", "form: want a FormData");
  const keepEmpty = isSet("keepEmpty", options.keepEmpty);
  const entries = [];
  const issues = [];
  for (const name of requestNames) {
    const all = form.getAll(name);
    if (all.length === 0) continue;
    const issue = issueOf(name, all, keepEmpty);
    if (issue) issues.push(issue);
    else if (all[0] !== "" || keepEmpty || name === "Identity") entries.push([name, name === "WebhookEnabled" ? all[0] === "true" : all[0]]);
  }
  return issues.length > 0 ? failure(issues) : { ok: true, value: Object.fromEntries(entries) };
}

function issueOf(name, all, keepEmpty) {
  if (all.some((entry) => typeof entry !== "string")) return ownIssue("file", "want text, not a file", [name]);
  if (all.length > 1) return ownIssue("repeated", "repeated name", [name]);
  if (name !== "WebhookEnabled" || all[0] === "true" || all[0] === "false" || (all[0] === "" && !keepEmpty)) return undefined;
  return ownIssue("boolean", "want true or false", [name]);
}
