// The page has no rules of its own: every verdict is the bundle's, and every
// text reaches the page as text.

const form = document.getElementById("form");
const wire = document.getElementById("wire");
const answer = document.getElementById("answer");
const status = document.getElementById("status");
const create = document.getElementById("create");
const checked = ["Identity", "FriendlyName", "Attributes", "RoleSid"];
const touched = new Set(); // fields that a person has left once

async function load() {
  const go = new globalThis.Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch("convuser.wasm"), go.importObject);
  go.run(instance);
  status.textContent = `Rules loaded, ${globalThis.convuser.goVersion}.`;
  create.disabled = false;
}

// request returns what the fields say; an empty optional field is not sent.
function request() {
  const r = {};
  for (const name of checked) {
    const { value } = form.elements[name];
    if (value !== "") r[name] = value;
  }
  const hook = form.elements.WebhookEnabled.value;
  if (hook !== "") r.WebhookEnabled = hook === "true";
  return r;
}

// show checks the request and writes the issues of the fields in scope.
function show(inScope) {
  if (!globalThis.convuser) return false;
  const result = globalThis.convuser.encodeForm(request());
  const issues = new Map((result.issues ?? []).map((issue) => [issue.field, issue]));
  for (const name of checked) {
    const issue = inScope(name) ? issues.get(name) : undefined;
    form.elements[name].setAttribute("aria-invalid", String(issue !== undefined));
    const place = issue?.offset >= 0 ? `Byte ${issue.offset}: ` : "";
    document.getElementById(`${name}-issue`).textContent = issue ? place + issue.message : "";
  }
  wire.textContent = result.ok ? result.value.body : "";
  return result;
}

const isTouched = (name) => touched.has(name);
form.addEventListener("input", () => show(isTouched));
form.addEventListener("focusout", (event) => {
  touched.add(event.target.name);
  show(isTouched);
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const result = show(() => true);
  for (const name of checked) touched.add(name);
  if (!result.ok) {
    form.querySelector('[aria-invalid="true"]')?.focus();
    return;
  }
  create.disabled = true;
  try {
    const response = await fetch("v1/Users", {
      method: "POST",
      headers: { ...result.value.headers, Authorization: "Basic " + btoa("username:password") },
      body: result.value.body,
    });
    answer.textContent = `${response.status}\n${pretty(await response.text())}`;
  } catch {
    answer.textContent = "No answer: the connection broke.";
  }
  create.disabled = false;
});

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

load().catch(() => {
  status.textContent = "The rules could not be loaded. Run make wasm and reload.";
});
