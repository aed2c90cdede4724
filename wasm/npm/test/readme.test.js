// Uses the examples of the README and the recipes as a person would: bundled by
// Vite, in Chromium. SCREENSHOTS=folder keeps screenshots.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import test, { after } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { transform } from "esbuild";
import * as vite from "vite";
import * as assert from "./assert.js";
import { openBrowser, skip } from "./browser.js";
import { readExamples } from "./files.js";
import { pack } from "./pack.js";
import { send, serve } from "./server.js";

const browser = skip ? null : await openBrowser();
after(() => browser?.close());
const packed = skip ? null : await pack();
after(() => packed?.remove());

const examples = await readExamples();
const block = (mark) => examples.match(new RegExp(`^\`\`\`${mark}\\n(.*?)^\`\`\`$`, "ms"))[1];

const html = (body, script) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Create a user</title><link rel="icon" href="data:,"><body>${body}<script type="module" src="./${script}"></script>`;

const react = ["react", "react-dom", "scheduler", "react-hook-form", "@tanstack/react-form", "@tanstack/form-core", "@tanstack/react-store", "@tanstack/store", "@tanstack/devtools-event-client", "@tanstack/pacer-lite", "use-sync-external-store"];

/** A React app with the component of a block, with its types or without. */
async function reactApp(mark, typed = true) {
  const main = `
    import { createElement } from "react";
    import { createRoot } from "react-dom/client";
    import { CreateUser } from "./create_user${typed ? ".tsx" : ".jsx"}";
    const onCreate = async (request) => fetch("/v1/Users", { method: "POST", body: JSON.stringify(request) });
    createRoot(document.querySelector("#root")).render(createElement(CreateUser, { onCreate }));`;
  const tsx = block(mark);
  const component = typed ? { "create_user.tsx": tsx } : { "create_user.jsx": (await transform(tsx, { loader: "tsx", jsx: "preserve" })).code };
  return { "index.html": html('<div id="root"></div>', "main.js"), "main.js": main, ...component };
}

const plainApp = { "index.html": html(block("html"), "create.js"), "create.js": block("js example-2") };

/** Returns a function that opens an app, which is bundled once. */
function bundled(app) {
  let built;
  const build = async () => {
    const files = await app;
    const root = await packed.install({ dependencies: "main.js" in files ? react : [] });
    for (const [name, content] of Object.entries(files)) await writeFile(path.join(root, name), content);
    await vite.build({ root, base: "./", configFile: false, logLevel: "error", build: { target: "es2022" } });
    return path.join(root, "dist");
  };
  return async (use, { policy, prepare = () => {} } = {}) => {
    const folder = await (built ??= build());
    const posted = [];
    const users = async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      posted.push(Buffer.concat(chunks).toString());
      const isPage = request.headers.accept.startsWith("text/html"); // the browser itself sent the form
      if (isPage) send(response, 200, "text/html; charset=utf-8", "<!doctype html><title>Created</title><p>Created, says the server.");
      else send(response, 201, "application/json", `{"sid":"US${"0a".repeat(16)}"}`);
    };
    const server = await serve({ folders: { "/app/": folder }, handlers: { "/v1/Users": users }, headers: policy ? { "content-security-policy": policy } : {} });
    const page = await browser.newPage({ viewport: { width: 640, height: 320 } });
    page.setDefaultTimeout(10_000);
    try {
      const printed = [];
      page.on("console", (message) => printed.push(message.text()));
      page.on("pageerror", (error) => printed.push(String(error)));
      await prepare(page);
      await page.goto(`${server.origin}/app/index.html`);
      await use(page, { posted, printed });
    } finally {
      await page.unrouteAll({ behavior: "ignoreErrors" });
      await page.close();
      await server.close();
    }
  };
}

async function picture(page, name) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: path.join(process.env.SCREENSHOTS, `${name}.png`) });
}

// ------------------------------------------------------- failing loads

const modules = /convuser-[^/]*\.wasm$/;
const slow = { prepare: (page) => page.route(modules, async (route) => (await delay(1500), route.continue())) };
const missing = { prepare: (page) => page.route(/(convuser-[^/]*\.wasm|wasm_gzip-[^/]*\.js)$/, (route) => route.fulfill({ status: 404, body: "not here" })) };
const forbidden = { policy: "default-src 'self'; script-src 'self'; img-src data:" };

/** Clicks as an impatient person does. */
async function clickThrice(page) {
  const { x, y, width, height } = await page.getByRole("button").boundingBox();
  for (let i = 0; i < 3; i++) await page.mouse.click(x + width / 2, y + height / 2);
}

// ----------------------------------------------------------------- examples

test("the first example prints in Chromium what its comment says", { skip }, async () => {
  const example = block("js example-1");
  const [, want] = example.match(/^\/\/ (.*)$/m);
  await bundled({ "index.html": html("", "create.js"), "create.js": example })(async (page, { printed }) => {
    if (printed.length === 0) await page.waitForEvent("console");
    assert.deepEqual(printed, [want]);
  });
});

const plain = bundled(plainApp);
const status = (page, text) => page.locator("[role=status]").getByText(text).waitFor();

test("the plain form shows issues and posts a valid request", { skip }, async () => {
  await plain(async (page, { posted, printed }) => {
    await page.fill("[name=Attributes]", "[1]");
    await page.click("button");
    await status(page, "Not sent yet");
    const shown = await page.locator("output").allTextContents();
    assert.ok(shown.every((text) => text !== ""), `issues: ${shown}`);
    await picture(page, "plain issues");
    await page.fill("[name=Identity]", "<b>é</b>");
    await page.fill("[name=Attributes]", "{}");
    await page.click("button");
    await status(page, "Created.");
    assert.deepEqual(await page.locator("output").allTextContents(), ["", ""]);
    assert.deepEqual(posted, ["Identity=%3Cb%3E%C3%A9%3C%2Fb%3E&Attributes=%7B%7D"]);
    assert.deepEqual(printed, []);
  });
});

test("the plain form shows an issue without a field", { skip }, async () => {
  await plain(async (page, { posted }) => {
    await page.fill("[name=Identity]", "a");
    await page.evaluate(() => (document.querySelector("[name=Attributes]").value = " ".repeat(2 ** 20)));
    await page.click("button");
    await status(page, "1048576");
    assert.deepEqual(posted, []);
  });
});

test("the plain form sends once, however often one clicks during the load", { skip }, async () => {
  await plain(async (page, { posted }) => {
    await page.fill("[name=Identity]", "admin");
    await clickThrice(page);
    await status(page, "Checking…");
    await picture(page, "plain slow");
    await clickThrice(page);
    await status(page, "Created.");
    assert.deepEqual(posted, ["Identity=admin"]);
  }, slow);
});

for (const [name, where] of Object.entries({ "a 404 for the module": missing, "a policy that forbids WebAssembly": forbidden })) {
  test(`the plain form with ${name} is sent once, as without scripts`, { skip }, async () => {
    await plain(async (page, { posted }) => {
      await page.fill("[name=Identity]", "admin");
      await clickThrice(page);
      await page.getByText("Created, says the server.").waitFor();
      await picture(page, `plain ${name}`);
      assert.deepEqual(posted, ["Identity=admin&Attributes="]);
    }, where);
  });
}

test("the plain form is sent as without scripts if the module's server never responds", { skip }, async () => {
  const impatient = { ...plainApp, "create.js": plainApp["create.js"].replace("10_000", "500") };
  await bundled(impatient)(async (page, { posted }) => {
    await page.fill("[name=Identity]", "admin");
    await clickThrice(page);
    await page.getByText("Created, says the server.").waitFor();
    assert.deepEqual(posted, ["Identity=admin&Attributes="]);
  }, { prepare: (page) => page.route(modules, () => {}) });
});

test("the plain form does not say that nothing was sent if the response is cut off", { skip }, async () => {
  await plain(async (page, { posted }) => {
    await page.evaluate(() => {
      const { fetch } = globalThis;
      globalThis.fetch = async (url, options) => {
        const answer = await fetch(url, options);
        return options?.method === "POST" ? new Response(new ReadableStream({ start: (controller) => controller.error(new TypeError("cut")) }), answer) : answer;
      };
    });
    await page.fill("[name=Identity]", "admin");
    await page.click("button");
    await status(page, "No answer");
    assert.deepEqual(posted, ["Identity=admin"]);
  });
});

const checkbox = examples.match(/<input type="checkbox"[^>]*>/)[0];

test("the checkbox becomes the header", { skip }, async () => {
  const page = plainApp["index.html"].replace("<button>", `${checkbox}<button>`);
  await bundled({ ...plainApp, "index.html": page })(async (page) => {
    await page.fill("[name=Identity]", "admin");
    for (const [check, want] of [[true, "true"], [false, undefined]]) {
      await page.setChecked("[name=WebhookEnabled]", check);
      const [request] = await Promise.all([page.waitForRequest("**/v1/Users"), page.click("button")]);
      assert.deepEqual([request.postData(), request.headers()["x-twilio-webhook-enabled"]], ["Identity=admin", want]);
      await status(page, "Created.");
    }
  });
});

const hookForm = bundled(reactApp("tsx example-3"));
const forms = { "React Hook Form": hookForm, "React Hook Form without types": bundled(reactApp("tsx example-3", false)) };
const alerts = (page) => page.getByRole("alert").allTextContents();

for (const [name, open] of Object.entries(forms)) {
  test(`${name} shows issues and submits a valid request`, { skip }, async () => {
    await open(async (page, { posted, printed }) => {
      await page.getByLabel("Attributes").fill("{");
      await page.getByRole("button").click();
      await page.getByText("needed").waitFor();
      const [identity, attributes, root] = await alerts(page);
      assert.ok(identity !== "" && /line 1, column 2/.test(attributes) && root === "", "issues");
      await picture(page, `${name} issues`);
      await page.getByLabel("Identity").fill("admin");
      await page.getByLabel("Attributes").fill("");
      await Promise.all([page.waitForResponse("**/v1/Users"), page.getByRole("button").click()]);
      assert.deepEqual(posted, ['{"Identity":"admin"}']);
      assert.deepEqual(printed, []);
    });
  });
}

test("React Hook Form shows an issue without a field", { skip }, async () => {
  await hookForm(async (page, { posted }) => {
    await page.getByLabel("Identity").fill("a".repeat(2 ** 20 + 1));
    await page.getByRole("button").click();
    await page.getByText("1048576").waitFor();
    assert.deepEqual(posted, []);
  });
});

test("React Hook Form sends once, however often one clicks during the load", { skip }, async () => {
  await hookForm(async (page, { posted }) => {
    await page.getByLabel("Identity").fill("admin");
    await clickThrice(page);
    await page.getByText("Checking…").waitFor();
    await picture(page, "React Hook Form slow");
    await clickThrice(page);
    await page.waitForResponse("**/v1/Users");
    await page.getByText("Create", { exact: true }).waitFor();
    assert.deepEqual(posted, ['{"Identity":"admin"}']);
  }, slow);
});

for (const [name, where] of Object.entries({ "a 404 for the module": missing, "a policy that forbids WebAssembly": forbidden })) {
  test(`React Hook Form with ${name} reports it`, { skip }, async () => {
    await hookForm(async (page, { posted }) => {
      await page.getByLabel("Identity").fill("admin");
      await clickThrice(page);
      await page.getByText("could not be loaded").waitFor();
      await picture(page, `React Hook Form ${name}`);
      assert.deepEqual(posted, []);
    }, where);
  });
}

test("React Hook Form reports that the module's server never responds", { skip }, async () => {
  const app = await reactApp("tsx example-3");
  const impatient = { ...app, "create_user.tsx": app["create_user.tsx"].replace("10_000", "500") };
  await bundled(impatient)(async (page, { posted }) => {
    await page.getByLabel("Identity").fill("admin");
    await page.getByRole("button").click();
    await page.getByText("could not be loaded").waitFor();
    assert.deepEqual(posted, []);
  }, { prepare: (page) => page.route(modules, () => {}) });
});

test("TanStack Form validates synchronously, and submits a valid request", { skip }, async () => {
  await bundled(reactApp("tsx example-4"))(async (page, { posted, printed }) => {
    await page.getByLabel("Role").fill("RL");
    await page.getByText("34").waitFor();
    await picture(page, "TanStack Form issues");
    await page.getByLabel("Role").fill(`RL${"a".repeat(32)}`);
    await page.getByRole("button").click();
    await page.getByText("needed").waitFor();
    await page.getByLabel("Identity").fill("admin");
    await Promise.all([page.waitForResponse("**/v1/Users"), page.getByRole("button").click()]);
    await page.getByLabel("Role").fill("");
    await Promise.all([page.waitForResponse("**/v1/Users"), page.getByRole("button").click()]);
    assert.deepEqual(posted, [JSON.stringify({ Identity: "admin", RoleSid: `RL${"a".repeat(32)}` }), '{"Identity":"admin"}']);
    assert.deepEqual(printed, []);
  });
});

test("the example without modules prints in Chromium what its comment says", { skip }, async () => {
  const script = block("html no-modules");
  const [, want] = script.match(/\/\/ (\S+)$/m);
  const root = await packed.install({});
  await writeFile(path.join(root, "index.html"), `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${script}`);
  const server = await serve({ folders: { "/app/": root } });
  const page = await browser.newPage();
  try {
    const printed = page.waitForEvent("console", { timeout: 20_000 });
    await page.goto(`${server.origin}/app/index.html`);
    assert.equal((await printed).text(), want);
  } finally {
    await page.close();
    await server.close();
  }
});
