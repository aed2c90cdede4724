// The form, the request that it shows, and its use with the keyboard.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { answered, delayModule, example, text, waitForText, withAdmin } from "./admin.js";

const run = promisify(execFile);
const body = "Identity=admin&FriendlyName=name&Attributes=%7B+%22duty%22%3A+%22tech%22+%7D&RoleSid=RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

const state = (page, field, value) => page.check(`input[name="${field}-state"][value="${value}"]`, { force: true });
const wire = (page, part = "body") => page.textContent(`#wire-${part} pre`);

await withAdmin("the form", (test, { origin }) => {
  test("the documented example becomes the documented request", {}, async (page) => {
    await example(page);
    assert.equal(await wire(page), body);
    assert.equal(await wire(page, "request"), [
      "POST /v1/Users HTTP/1.1",
      `Host: ${new URL(origin).host}`,
      "Authorization: Basic dXNlcm5hbWU6cGFzc3dvcmQ=",
      "Content-Type: application/x-www-form-urlencoded",
      "X-Twilio-Webhook-Enabled: true",
      `Content-Length: ${body.length}`,
    ].join("\n"));
    assert.equal(await page.$$eval("[aria-invalid=true]", (all) => all.length), 0);
  });

  test("an optional field is not sent, empty, or a value, which is kept", {}, async (page) => {
    await page.fill("#Identity", "a");
    assert.equal(await wire(page), "Identity=a");
    await state(page, "FriendlyName", "empty");
    assert.equal(await wire(page), "Identity=a&FriendlyName=");
    await page.fill("#FriendlyName", "Ann Ex");
    assert.equal(await page.isChecked('input[name="FriendlyName-state"][value="value"]'), true);
    assert.equal(await wire(page), "Identity=a&FriendlyName=Ann+Ex");
    await state(page, "FriendlyName", "absent");
    assert.equal(await wire(page), "Identity=a");
    await state(page, "FriendlyName", "value");
    assert.equal(await wire(page), "Identity=a&FriendlyName=Ann+Ex");
    await page.fill("#FriendlyName", "");
    assert.equal(await wire(page), "Identity=a");
  });

  test("the webhook header is not sent, true or false", {}, async (page) => {
    await page.fill("#Identity", "a");
    for (const [value, header] of [["true", "X-Twilio-Webhook-Enabled: true"], ["false", "X-Twilio-Webhook-Enabled: false"], ["", ""]]) {
      await page.check(`input[name="WebhookEnabled"][value="${value}"]`, { force: true });
      const shown = (await wire(page, "request")).split("\n").find((line) => line.startsWith("X-Twilio")) ?? "";
      assert.equal(shown, header);
    }
  });

  test("a field shows its errors once it was left, and then as a person types", {}, async (page) => {
    await page.focus("#RoleSid");
    await page.keyboard.type("RLx");
    assert.notEqual(await page.getAttribute("#RoleSid", "aria-invalid"), "true");
    await page.keyboard.press("Tab");
    assert.equal(await page.getAttribute("#RoleSid", "aria-invalid"), "true");
    assert.equal(await described(page, "#RoleSid"), "Character 3: want a hex digit RL and 32 hex digits.");
    await page.focus("#RoleSid");
    await page.keyboard.press("End");
    await page.keyboard.press("Backspace");
    assert.equal(await described(page, "#RoleSid"), "Character 3: want 34 bytes RL and 32 hex digits.");
    await page.fill("#RoleSid", `RL${"a".repeat(32)}`);
    assert.equal(await page.getAttribute("#RoleSid", "aria-invalid"), "false");
  });

  test("a field that was not touched or was left empty shows no error", {}, async (page) => {
    await page.focus("#Identity");
    await page.keyboard.press("Tab");
    assert.equal(await page.$$eval("[aria-invalid=true]", (all) => all.length), 0);
    assert.equal(await wire(page), "Appears when Identity is valid.");
    assert.equal(await page.isDisabled("#wire-body .copy"), true);
  });

  test("the error in the Attributes is marked, and the button moves the caret to it", {}, async (page) => {
    const attributes = '{\n  "a": "é😀",\n  "b": [1, 2,]\n}';
    await page.fill("#Attributes", attributes);
    await page.focus("#Identity");
    assert.match(await described(page, "#Attributes"), /^Line 3, column 14: not JSON, want a value/);
    assert.equal(await page.textContent("[data-field=Attributes] .echo mark"), "]");
    await page.click("[data-field=Attributes] .go");
    assert.deepEqual(await caret(page, "Attributes"), [attributes.indexOf("]"), true]);
  });

  test("the echo with the mark has the same layout as the text", {}, async (page) => {
    await page.fill("#Attributes", `{${'"name": "a long value that has to wrap somewhere", '.repeat(40)}]`);
    await page.focus("#Identity");
    const [area, echo] = await page.$$eval("[data-field=Attributes] .editor > *", (both) => both.reverse().map((element) => {
      const style = getComputedStyle(element);
      const names = ["font", "lineHeight", "letterSpacing", "padding", "borderWidth", "whiteSpace", "overflowWrap", "tabSize", "textAlign", "width"];
      return { height: element.scrollHeight, ...Object.fromEntries(names.map((name) => [name, style[name]])) };
    }));
    assert.deepEqual(echo, area);
  });

  test("the caret goes to an error far down, at the end, and into a line", {}, async (page) => {
    const long = `{${'"name": "value",\n'.repeat(400)}`;
    await page.fill("#Attributes", long);
    await page.focus("#Identity");
    await page.click("[data-field=Attributes] .go");
    assert.deepEqual(await caret(page, "Attributes"), [long.length, true]);
    const seen = await page.$eval("#Attributes", (area) => area.scrollTop + area.clientHeight >= area.scrollHeight - 40);
    assert.equal(seen, true, "the error is out of sight");
    await page.fill("#RoleSid", "RLabcx");
    await page.focus("#Identity");
    await page.click("[data-field=RoleSid] .go");
    assert.deepEqual(await caret(page, "RoleSid"), [5, true]);
  });

  test("a button that has the focus keeps it while other fields change", {}, async (page) => {
    await page.click("#invalid-example");
    await page.focus("[data-field=Attributes] .go");
    await page.$eval("#FriendlyName", (input) => {
      input.value = "Bob";
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    assert.match(await wire(page), /^Appears when Attributes and RoleSid are valid\.$/);
    assert.equal(await page.evaluate(() => document.activeElement.className), "go");
  });

  test("advice is not an error, and has the service's code", {}, async (page) => {
    await page.fill("#Identity", "system");
    await page.focus("#RoleSid");
    assert.equal(await text(page, "[data-field=Identity] .advice"), "Advice Character 1: reserved by the service; choose another name server code 50203; code documented; the names from a sister product");
    assert.notEqual(await page.getAttribute("#Identity", "aria-invalid"), "true");
    assert.equal(await wire(page), "Identity=system");
  });

  test("submit lists the errors and moves the focus to the list; a link goes to the field", {}, async (page) => {
    await page.click("#invalid-example");
    assert.equal(await page.isVisible("#summary"), false);
    await page.click("#submit");
    assert.equal(await page.evaluate(() => document.activeElement.id), "summary");
    assert.equal(await text(page, "#summary"), "2 fields need a correction Attributes Line 3, column 28: not JSON, want a value; remove the comma before the endRoleSid Character 3: want a hex digit");
    await page.click("#summary a >> nth=1");
    assert.equal(await page.evaluate(() => document.activeElement.id), "RoleSid");
    assert.equal(await page.textContent("#answer .empty").then((t) => t.startsWith("Nothing sent yet")), true);
  });

  test("new errors of a field are announced after a pause in typing", {}, async (page) => {
    await page.fill("#RoleSid", "RLx");
    await page.focus("#Identity");
    await waitForText(page, "#announcer", /^RoleSid: Character 3: want a hex digit$/);
    await page.focus("#RoleSid");
    for (const key of ["End", "Backspace", "a", "b"]) await page.keyboard.press(key);
    assert.equal(await page.textContent("#announcer"), "RoleSid: Character 3: want a hex digit");
    await waitForText(page, "#announcer", /^RoleSid: Character 5: want 34 bytes$/);
  });

  test("everything can be done with the keyboard", {}, async (page) => {
    const tabTo = async (id) => {
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate((id) => document.activeElement.id === id || document.activeElement.name === id, id)) return;
      }
      assert.fail(`Tab does not lead to ${id}`);
    };
    await tabTo("Identity");
    await page.keyboard.type("keys only");
    await tabTo("FriendlyName-state");
    await page.keyboard.press("ArrowRight");
    await tabTo("Attributes");
    await page.keyboard.type('{"a": 1}');
    await tabTo("WebhookEnabled");
    await page.keyboard.press("ArrowRight");
    await tabTo("submit");
    await page.keyboard.press("Enter");
    await answered(page, /^201 Created/);
    assert.equal(await wire(page), "Identity=keys+only&FriendlyName=&Attributes=%7B%22a%22%3A+1%7D");
    assert.match(await wire(page, "request"), /X-Twilio-Webhook-Enabled: true/);
    await waitForText(page, "#announcer", /^201 Created/);
  });

  test("arrow keys change the tab, and the URL has its name", {}, async (page) => {
    await page.focus("#tab-create");
    for (const [key, name] of [["ArrowRight", "decode"], ["ArrowRight", "bulk"], ["ArrowRight", "history"], ["ArrowRight", "create"], ["End", "history"], ["Home", "create"], ["ArrowLeft", "history"]]) {
      await page.keyboard.press(key);
      assert.equal(await page.evaluate(() => document.activeElement.id), `tab-${name}`);
      assert.deepEqual(await page.$$eval("[role=tabpanel]:not([hidden])", (all) => all.map((panel) => panel.id)), [name]);
      assert.equal(new URL(page.url()).hash, `#${name}`);
    }
  });

  test("markup in a value is text, and a long value wraps", { width: 360 }, async (page) => {
    const markup = "<img src=x onerror=alert(1)>";
    await page.fill("#Identity", markup.repeat(300));
    await page.fill("#Attributes", JSON.stringify({ [markup]: markup.repeat(3000) }));
    await page.click("#submit");
    await answered(page, /^201/);
    assert.equal(await page.$$eval("main img", (all) => all.length), 0);
    assert.ok((await page.textContent("#answer")).includes(markup));
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360));
  });

  test("a click on Create user works even if leaving the field moves the button", { width: 360 }, async (page) => {
    await page.fill("#Identity", "a/b");
    await page.fill("#Attributes", `{"a": "\\/", "b": ${"9".repeat(400)}, "b": 1}`);
    const before = await top(page, "submit");
    await page.click("#submit");
    await answered(page, /^201/);
    assert.ok((await top(page, "submit")) - before > 20, "the button did not move, so this tests nothing");
  });

  test("a request that is submitted before the rules are loaded waits for them", { prepare: (page) => delayModule(page, 1000), early: true }, async (page) => {
    await example(page);
    await page.click("#submit");
    assert.equal(await page.textContent("#rules-state"), "Loading the rules");
    await answered(page, /^201/);
  });

  test("Copy copies the whole text", { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
    await page.fill("#Identity", "x".repeat(30_000));
    for (const part of ["request", "body", "curl"]) {
      await page.click(`#wire-${part} .copy`);
      await waitForText(page, `#wire-${part} .copy`, /^Copied$/);
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      assert.ok(part === "request" || copied.includes("x".repeat(30_000)), part);
    }
    assert.ok((await wire(page)).length < 21_000);
  });

  test("a shell gets the same request from the curl command", {}, async (page) => {
    await page.fill("#Identity", "o'neil $HOME `id` \"q\" \\ %00");
    await page.fill("#Attributes", "{\"a\": \"it's\",\n\"b\": \"$(id)\"}");
    await page.check('input[name="WebhookEnabled"][value="false"]', { force: true });
    const command = await wire(page, "curl");
    const { stdout } = await run("sh", ["-c", `curl() { printf '%s\\0' "$@"; }\n${command}`]);
    assert.deepEqual(stdout.split("\0").slice(0, -1), [
      "--request", "POST", `${origin}/v1/Users`, "--user", "username:password",
      "--header", "Content-Type: application/x-www-form-urlencoded", "--header", "X-Twilio-Webhook-Enabled: false",
      "--data-raw", await wire(page),
    ]);
    await page.check('input[name="curl-base"][value^="https"]', { force: true });
    assert.match(await wire(page, "curl"), /'https:\/\/conversations\.twilio\.com\/v1\/Users'/);
  });

  test("curl itself creates the user", { skip: spawnSync("curl", ["--version"]).error && "there is no curl" }, async (page) => {
    await example(page);
    const { stdout } = await run("sh", ["-c", `${await wire(page, "curl")} --silent`]);
    const user = JSON.parse(stdout);
    assert.deepEqual([user.identity, user.friendly_name, user.attributes], ["admin", "name", '{ "duty": "tech" }']);
  });

  test("a shell reads a quoted text as it was", {}, async (page) => {
    for (const text of ["", "'", "'''", "a'b", "two\nlines\n", "$HOME `id` $(id) \\ \" ! * ~ #", "é😀", "-n", "\t;&|<>"]) {
      const quoted = await page.evaluate(async (text) => (await import("/curl.js")).quote(text), text);
      const { stdout } = await run("sh", ["-c", `printf '%s' ${quoted}`]);
      assert.equal(stdout, text);
    }
  });
});

/** What a screen reader reads as the description of an element. */
async function described(page, selector) {
  return page.$eval(selector, (element) => element.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id).textContent.trim()).join(" "));
}

/** Where the caret is, and whether the field has the focus. */
async function caret(page, id) {
  return page.$eval(`#${id}`, (field) => [field.selectionStart, document.activeElement === field]);
}

/** How far down the page an element is. */
const top = (page, id) => page.$eval(`#${id}`, (element) => element.getBoundingClientRect().top + scrollY);
