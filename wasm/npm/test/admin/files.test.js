// The preview of a file: what the page guesses, what a person chooses, and the
// resulting requests.
import assert from "node:assert/strict";
import { rows, waitForText, withAdmin } from "./admin.js";
import { download, totals } from "./rowfiles.js";
import { asMember, choose, shapes, utf16 } from "./shapes.js";

/** Records the requests that the page sends to its worker. */
const prepare = (page) => page.addInitScript(() => {
  globalThis.handed = [];
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message.more) globalThis.handed.push(...message.more);
    return postMessage.call(this, message, ...rest);
  };
});

const options = { hash: "#bulk", prepare };

const csv = (content, name = "some.csv") => ({ file: name, content: Buffer.from(content) });
const targets = (page) => page.locator("#columns .target").evaluateAll((all) => all.map(({ value }) => value));
const issues = (page) => page.locator("#preview .issue").evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.textContent));
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.id);

async function open(page, file) {
  await choose(page, file);
  await waitForText(page, "#preview-name", new RegExp(`^${file.file},`));
}

async function check(page) {
  await page.click("#check");
  await waitForText(page, "#run-name", /Checked|could not/);
}

await withAdmin("files", (test) => {
  for (const [name, shape] of Object.entries(shapes)) {
    test(`${name}: the preview, and the requests`, options, async (page) => {
      await open(page, shape);
      assert.equal(await page.inputValue("#encoding"), shape.encoding);
      assert.equal(await page.inputValue("#separator"), shape.separator);
      assert.deepEqual(await targets(page), shape.targets);
      await shape.act(page);
      await check(page);
      assert.deepEqual(await page.evaluate(() => globalThis.handed), shape.requests);
      assert.deepEqual(await totals(page), [String(shape.requests.length), String(shape.requests.length), "0"]);
    });
  }

  test("a person confirms Windows-1252 by rows that have its letters", options, async (page) => {
    await open(page, shapes["Windows-1252"]);
    assert.deepEqual(await page.locator("#columns-rows li").allTextContents(), ["Row 2", "Row 3"]);
    assert.deepEqual(await page.locator("#columns tbody tr").nth(1).locator("li").allTextContents(), ["José Peña", "Max €"]);
    assert.deepEqual(await issues(page), []);
    await page.click("#check");
    assert.equal(await focused(page), "confirm");
    assert.match((await issues(page))[0], /^Compare the rows with the file/);
    assert.equal(await page.isVisible("#run"), false);
    await page.check("#confirm");
    assert.deepEqual(await issues(page), []);
    await page.selectOption("#encoding", "utf-8"); // which resets the confirmation
    await page.selectOption("#encoding", "windows-1252");
    assert.equal(await page.isChecked("#confirm"), false);
  });

  test("another separator changes the columns", options, async (page) => {
    await open(page, csv("Identity;x,FriendlyName\na;b,c\n"));
    assert.deepEqual(await targets(page), ["", "FriendlyName"]);
    await page.selectOption("#separator", ";");
    assert.deepEqual(await targets(page), ["Identity", ""]);
    await check(page);
    assert.deepEqual(await page.evaluate(() => globalThis.handed), [{ Identity: "a" }]);
  });

  test("a problem is shown beside its column, and Check goes there", options, async (page) => {
    await open(page, csv("Mail address,Identity,FriendlyName,a,b\nm,i,f,1,2\n"));
    assert.deepEqual(await issues(page), []);
    await page.locator(".target").nth(0).selectOption("Identity");
    assert.deepEqual(await issues(page), ["Another column is already read as Identity."]);
    await page.click("#check");
    assert.equal(await focused(page), "Identity: read as");
    await page.locator(".target").nth(1).selectOption("");
    assert.deepEqual(await issues(page), []);
    await asMember(page, 3, "team");
    await asMember(page, 4, "team");
    assert.deepEqual(await issues(page), ["Another column is already read as this member."]);
    await asMember(page, 4, "");
    assert.deepEqual(await issues(page), ["Give the member a name."]);
    await page.click("#check");
    assert.equal(await focused(page), "b: member of Attributes");
    await page.locator(".target").nth(4).selectOption("");
    await page.locator(".target").nth(0).selectOption("");
    await waitForText(page, "#preview-alert", /^No column is read as Identity/);
    await page.click("#check");
    assert.equal(await focused(page), "Mail address: read as");
    await page.locator(".target").nth(0).selectOption("Identity");
    await check(page);
    assert.deepEqual(await page.evaluate(() => globalThis.handed), [{ Identity: "m", FriendlyName: "f", Attributes: '{"team":"1"}' }]);
    assert.match(await page.textContent("#run-note"), /^2 columns are not read: Identity, b\.$/);
  });

  test("a cell of the wrong type is an error in its row, and the download has the file's columns", options, async (page) => {
    await open(page, csv("Identity;Seats;Admin;Attributes\na;1,5;no;\nb;2;true;[]\nc;3;;\"{\"\"seats\"\": 1}\"\nd;4;;\"{\"\"x\"\": }\"\n"));
    await asMember(page, 1, "seats", "number");
    await asMember(page, 2, "admin", "boolean");
    await check(page);
    assert.deepEqual(await rows(page, "#failed-rows"), [
      ["1", "2", "Attributes.seats Want a JSON number"],
      ["1", "2", "Attributes.admin Want true or false"],
      ["2", "3", "Attributes Character 1: want a JSON object; write {} instead of [], which PHP writes for an empty array"],
      ["3", "4", "Attributes.seats The column Attributes already has this member"],
      ["4", "5", "Attributes Character 7: not JSON, want a value"],
    ]);
    const { lines } = await download(page, "#download");
    assert.equal(lines[0], "row;line;errors;Identity;Seats;Admin;Attributes");
    assert.equal(lines[1], '1;2;"Attributes.seats: Want a JSON number; Attributes.admin: Want true or false";a;1,5;no;');
  });

  test("bytes that are not UTF-8 far into the file are an error in their row, and Windows-1252 can be chosen", options, async (page) => {
    const start = `Identity\n${"user\n".repeat(20_000)}`;
    await open(page, { file: "late.csv", content: Buffer.concat([Buffer.from(start), Buffer.from("Jos\xe9\n", "latin1"), Buffer.from("\ufffd\n")]) });
    assert.equal(await page.inputValue("#encoding"), "utf-8");
    await check(page);
    assert.deepEqual(await rows(page, "#failed-rows"), [["20,001", "20,002", "Row bytes that are not UTF-8"]]);
    await page.selectOption("#encoding", "windows-1252");
    await page.check("#confirm");
    await check(page);
    await waitForText(page, "#run-name", /Checked 20,002 rows: 0 failed/);
    assert.equal(await page.evaluate(() => globalThis.handed.at(-2).Identity), "José");
  });

  test("NDJSON in UTF-16, or with a byte order mark, is checked at once", options, async (page) => {
    for (const [name, content] of [["wide.ndjson", utf16('{"Identity":"é"}\r\n{}\r\n')], ["marked.ndjson", Buffer.from('\ufeff{"Identity":"é"}\r\n{}\r\n')]]) {
      await choose(page, { file: name, content });
      await waitForText(page, "#run-name", new RegExp(`^${name}.*Checked 2 rows: 1 failed`));
      assert.deepEqual(await rows(page, "#failed-rows"), [["2", "2", "Identity Required"]]);
      assert.equal(await page.isVisible("#preview"), false);
    }
    await choose(page, { file: "half.ndjson", content: utf16('{"Identity":"a"}\n{"Identity":"\ud83c"}\n') });
    await waitForText(page, "#run-name", /^half\.ndjson.*Checked 2 rows: 1 failed/);
  });

  test("names and cells are text, never markup", options, async (page) => {
    await open(page, csv('<b>Identity</b>,"<img src=x onerror=alert(1)>"\n<i>a</i>,"<script>"\n'));
    assert.equal(await page.locator("#preview :is(b, i, img, script)").count(), 0);
    assert.equal(await page.locator("#columns th[scope=row]").nth(0).textContent(), "<b>Identity</b>");
  });

  test("a preview can be used with the keyboard", options, async (page) => {
    await open(page, csv("Login;Name;Plan\na;b;c\n"));
    await page.focus("#encoding");
    for (const label of ["separator", "Login: read as", "Name: read as", "Plan: read as"]) {
      await page.keyboard.press("Tab");
      assert.equal(await focused(page), label);
    }
    await page.keyboard.type("Attributes: m");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Plan: member of Attributes");
    await page.keyboard.press("Enter");
    await waitForText(page, "#run-name", /Checked 1 row: 0 failed/);
    assert.deepEqual(await page.evaluate(() => globalThis.handed), [{ Identity: "a", FriendlyName: "b", Attributes: '{"Plan":"c"}' }]);
  });
});
