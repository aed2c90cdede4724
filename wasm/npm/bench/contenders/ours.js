// convuser, as users call it.

function consumeIssues(issues) {
  let sum = 0;
  for (const { message, path, code, offset, line, column } of issues) sum += message.length + path.length + code.length + offset + line + column;
  return sum;
}

const read = ({ ok, value, issues }) => (ok ? { ok, value } : { ok, issues });

export function ours(codec, name = "convuser") {
  const request = {
    call: (input) => codec.validateRequest(input),
    consume: ({ ok, issues }) => (ok ? 1 : consumeIssues(issues)),
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
      consume: ({ ok, value, issues }) =>
        ok ? value.Identity.length + value.FriendlyName.length + value.Attributes.length + value.RoleSid.length : consumeIssues(issues),
      read,
    },
  };
}
