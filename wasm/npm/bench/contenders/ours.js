// convuser, through the package's own entry.

function eatIssues(issues) {
  let sum = 0;
  for (const { message, path, code, offset, line, column } of issues) sum += message.length + path.length + code.length + offset + line + column;
  return sum;
}

const read = ({ ok, value, issues }) => (ok ? { ok, value } : { ok, faults: issues });

/** `codec` is what the package's init() gave. */
export function ours(codec, name = "convuser") {
  const request = {
    call: (input) => codec.validateRequest(input),
    eat: ({ ok, issues }) => (ok ? 1 : eatIssues(issues)),
    read,
  };
  const validate = { validate: true };
  return {
    name,
    request,
    issues: request,
    form: {
      call: (body) => codec.parseForm(body, validate),
      callAll: (bodies) => codec.parseForms(bodies, validate),
      eat: ({ ok, value, issues }) =>
        ok ? value.Identity.length + value.FriendlyName.length + value.Attributes.length + value.RoleSid.length : eatIssues(issues),
      read,
    },
  };
}
