// The README's examples as a person would use them: bundled by Vite, in
// Chromium.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test, { after } from "node:test";
import * as vite from "vite";
import * as assert from "./assert.js";
import { openBrowser, skip } from "./browser.js";
import { packageFolder } from "./files.js";
import { pack } from "./pack.js";
import { serve } from "./server.js";

const browser = skip ? null : await openBrowser();
after(() => browser?.close());
const packed = skip ? null : await pack();
after(() => packed?.remove());

const readme = await readFile(path.join(packageFolder, "README.md"), "utf8");
const block = (mark) => readme.match(new RegExp(`^\`\`\`${mark}\\n(.*?)^\`\`\`$`, "ms"))[1];

/** Bundles an app of the given files and opens it. */
async function open(files, dependencies, use) {
  const root = await packed.install({ dependencies });
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(root, name), content);
  await vite.build({ root, base: "./", configFile: false, logLevel: "error", build: { target: "es2022" } });
  const server = await serve({ folders: { "/app/": path.join(root, "dist") } });
  const page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  try {
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    await page.goto(`${server.origin}/app/index.html`);
    await use(page, said);
  } finally {
    await page.close();
    await server.close();
  }
}

const html = (body, script) => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><body>${body}<script type="module" src="./${script}"></script>`;

test("the first example says in Chromium what the README says", { skip }, async () => {
  const example = block("ts example-1");
  const [, want] = example.match(/^\/\/ (.*)$/m);
  await open({ "index.html": html("", "main.ts"), "main.ts": example }, [], async (page, said) => {
    if (said.length === 0) await page.waitForEvent("console");
    assert.deepEqual(said, [want]);
  });
});

test("the plain form shows issues and posts what is good", { skip }, async () => {
  const files = { "index.html": html(block("html"), "main.ts"), "main.ts": block("ts example-2") };
  await open(files, [], async (page, said) => {
    const posted = [];
    await page.route("**/v1/Users", (route) => {
      posted.push(route.request().postData());
      return route.fulfill({ status: 201, body: `{"sid":"US${"0a".repeat(16)}"}` });
    });
    await page.fill("[name=Attributes]", "[1]");
    await page.click("button");
    await page.locator("output[for=Attributes]:not(:empty)").waitFor();
    assert.deepEqual(await page.locator("output").allTextContents(), ["required", "want a JSON object"]);
    await page.fill("[name=Identity]", "<b>é</b>");
    await page.fill("[name=Attributes]", "{}");
    await Promise.all([page.waitForResponse("**/v1/Users"), page.click("button")]);
    assert.deepEqual(await page.locator("output").allTextContents(), ["", ""]);
    await page.locator("form[data-answer=created]").waitFor();
    assert.deepEqual(posted, ["Identity=%3Cb%3E%C3%A9%3C%2Fb%3E&Attributes=%7B%7D"]);
    assert.deepEqual(said, []);
  });
});

test("React Hook Form shows issues and hands over what is good", { skip }, async () => {
  const main = `
    import { createElement } from "react";
    import { createRoot } from "react-dom/client";
    import { CreateUser } from "./create_user.tsx";
    const onCreate = (request) => console.log(JSON.stringify(request));
    createRoot(document.querySelector("#root")).render(createElement(CreateUser, { onCreate }));`;
  const files = { "index.html": html('<div id="root"></div>', "main.js"), "main.js": main, "create_user.tsx": block("tsx example-3") };
  const dependencies = ["react", "react-dom", "react-hook-form", "@hookform/resolvers", "@standard-schema/utils", "scheduler"];
  await open(files, dependencies, async (page, said) => {
    await page.getByLabel("Attributes").fill("{");
    await page.getByRole("button").click();
    await page.getByText("required").waitFor();
    assert.deepEqual(await page.getByRole("alert").allTextContents(), ["required", "not JSON, want a name in quotes or }, line 1, column 2"]);
    await page.getByLabel("Identity").fill("admin");
    await page.getByLabel("Attributes").fill("");
    const [message] = await Promise.all([page.waitForEvent("console"), page.getByRole("button").click()]);
    assert.equal(message.text(), '{"Identity":"admin"}');
    assert.deepEqual(said, ['{"Identity":"admin"}']);
  });
});

test("the lines for a page without modules say in Chromium what they say they do", { skip }, async () => {
  const script = block("html no-modules");
  const [, want] = script.match(/\/\/ (\S+)$/m);
  const root = await packed.install({});
  await writeFile(path.join(root, "index.html"), `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${script}`);
  const server = await serve({ folders: { "/app/": root } });
  const page = await browser.newPage();
  try {
    const said = page.waitForEvent("console", { timeout: 20_000 });
    await page.goto(`${server.origin}/app/index.html`);
    assert.equal((await said).text(), want);
  } finally {
    await page.close();
    await server.close();
  }
});
