// The check of a file: what it finds, and how it is stopped and replaced.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { makeFolder, rows, text, waitForText, withAdmin } from "./admin.js";
import { check, download, totals } from "./rowfiles.js";
import { choose } from "./shapes.js";

const options = { hash: "#bulk" };
const role = `RL${"0a".repeat(16)}`;
const names = "Identity,FriendlyName,Attributes,RoleSid,WebhookEnabled";

/** A file of n rows. Each hundredth is not valid. */
function big(n) {
  const lines = [names];
  for (let i = 1; i <= n; i++) lines.push(`user-${i},"Name, ${i}","{""n"": ${i}${i % 100 === 0 ? "" : "}"}",${role},true`);
  return `${lines.join("\r\n")}\r\n`;
}

await withAdmin("bulk", (test) => {
  test("a CSV: each row is checked, an empty optional cell is not sent", options, async (page) => {
    await check(page, "some.csv", [
      names,
      `a,,,,`,
      `,name,,,`,
      `"b\r\nb",name,"{""a"": 1}",${role},false`,
      `c,name,[],RLxyz,yes`,
      "",
      `d,name`,
      `e,na"me,,,`,
      `f,"name"x,,,`,
    ].join("\r\n"));
    assert.deepEqual(await totals(page), ["7", "2", "5"]);
    assert.deepEqual(await rows(page, "#failed-rows"), [
      ["2", "3", "Identity Required"],
      ["4", "6", "Attributes Character 1: want a JSON object; write {} instead of [], which PHP writes for an empty array"],
      ["4", "6", "RoleSid Character 3: want a hex digit"],
      ["4", "6", "WebhookEnabled Want a JSON boolean"],
      ["5", "8", "Row want 5 cells, got 2"],
      ["6", "9", "Row a quote in an unquoted cell"],
      ["7", "10", "Row text after a closing quote"],
    ]);
    assert.equal((await rows(page, "#kinds")).length, 7);
    await waitForText(page, "#announcer", /^Checked 7 rows: 5 failed\.$/);
  });

  test("the failed rows are downloaded, and no cell is a formula", options, async (page) => {
    await check(page, "bad.csv", `=Extra,${names}\n=1+1,"a\n1",+49,-,@x,\n"\tx",good,,,,\n=2,,"say ""hi"", you",,,\n`);
    const { name, lines } = await download(page, "#download");
    assert.equal(name, "bad-failed.csv");
    assert.equal(lines.join("|"), [
      `row,line,errors,'=Extra,${names}`,
      `1,2,"Attributes: Character 2: not JSON, want a digit; write an object such as {""name"":""value""}; RoleSid: Character 1: want RL",'=1+1,"a\n1",'+49,'-,'@x,`,
      `3,5,Identity: Required,'=2,,"say ""hi"", you",,,`,
    ].join("|"));
    assert.match(await page.textContent("#run-note"), /^1 column is not read: =Extra\.$/);
  });

  test("__proto__ and constructor are names like others", options, async (page) => {
    await check(page, "proto.csv", `__proto__,constructor,Identity\nx,y,a\nx,y,\n`);
    assert.deepEqual(await totals(page), ["2", "1", "1"]);
    assert.match(await page.textContent("#run-note"), /^2 columns are not read: __proto__, constructor\.$/);
    assert.equal((await download(page, "#download")).lines[1], "2,3,Identity: Required,x,y,");
    await check(page, "proto.ndjson", '{"Identity":"a"}\n{"Identity":"a","__proto__":{"x":1}}\n');
    assert.deepEqual(await totals(page), ["2", "1", "1"]);
    assert.equal(await page.evaluate(() => ({}).x), undefined);
  });

  test("NDJSON: rows with line, place and a download", options, async (page) => {
    await check(page, "some.ndjson", '{"Identity":"a","RoleSid":"' + role + '"}\n{"Identity":"=b","Attributes":"[]"}\n{"Identity":\n\n{"Identity":"c"}\n{}');
    assert.deepEqual(await totals(page), ["5", "2", "3"]);
    const shown = await rows(page, "#failed-rows");
    assert.deepEqual(shown.map(([row, line]) => [row, line]), [["2", "2"], ["3", "3"], ["6", "6"]]);
    assert.match(shown[0][2], /^Attributes /);
    const { lines } = await download(page, "#download");
    assert.match(lines[1], /^2,2,.*,"\{""Identity"":""=b"",""Attributes"":""\[\]""\}"$/);
    assert.equal(lines.length, 4);
  });

  for (const [what, content, message] of [
    ["a header alone", `${names}\n`, /^The file has no rows below the header\.$/],
    ["no Identity", "Title,RoleSid\na,b\n", /^No column is read as Identity/],
    ["a quote that is not closed in the header", 'Identity,"x\na\n', /^The header has a quote that is never closed\.$/],
    ["a header with very many names", `Identity${",x".repeat(500)}\na\n`, /^The header has more than 500 cells\.$/],
    ["a header that does not end", `Identity,${"x".repeat(70_000)}\na,b\n`, /^The first 64 KB do not have a complete row\.$/],
  ]) {
    test(`${what} is not checked, and the page says why`, options, async (page) => {
      await choose(page, { file: "bad.csv", content: Buffer.from(content) });
      await waitForText(page, "#preview-alert", message);
      await page.click("#check");
      assert.equal(await page.isVisible("#preview-alert"), true);
      assert.equal(await page.isVisible("#run"), false);
      await check(page, "good.csv", "Identity\na\n");
      assert.equal(await page.isVisible("#preview-alert"), false);
      assert.deepEqual(await totals(page), ["1", "1", "0"]);
    });
  }

  test("an empty file is refused", options, async (page) => {
    await choose(page, { file: "empty.csv", content: Buffer.from("") });
    await waitForText(page, "#run-name", /^empty\.csv, .*could not/);
    await waitForText(page, "#run-alert", /^The file is empty\.$/);
    assert.equal(await page.isVisible("#run-alert"), true);
    await check(page, "good.csv", "Identity\na\n");
    assert.equal(await page.isVisible("#run-alert"), false);
    assert.deepEqual(await totals(page), ["1", "1", "0"]);
  });

  test("a quote that is never closed ends the file with a failure", options, async (page) => {
    await check(page, "open.csv", `Identity\na\n"b\nc\n`);
    assert.deepEqual(await rows(page, "#failed-rows"), [["2", "3", "Row a quote that is never closed"]]);
  });

  test("100,000 rows: the page stays responsive, the table has the first 200", options, async (page) => {
    const file = path.join(await makeFolder(), "huge.csv"); // a buffer would pass through the page
    await writeFile(file, big(100_000));
    await page.evaluate(watchFrames);
    await page.setInputFiles("#file", file);
    await page.click("#check");
    await waitForText(page, "#run-name", /Checked/);
    const longest = await page.evaluate(() => globalThis.longestWait());
    assert.deepEqual(await totals(page), ["100,000", "99,000", "1,000"]);
    assert.equal((await rows(page, "#failed-rows")).length, 200);
    assert.match(await page.textContent("#run-note"), /first 200 failed rows, the download all of them/);
    assert.deepEqual(await rows(page, "#kinds"), [["1,000", "Attributes not JSON, want a comma or }"]]);
    assert.ok(longest < 500, `the page did not respond for ${longest} ms`);
    assert.equal((await download(page, "#download")).lines.length, 1001);
  });

  test("20,000 rows can be canceled, and another file checked afterwards", options, async (page) => {
    await page.evaluate(() => {
      const rows = document.getElementById("count-rows");
      const cancel = () => rows.textContent !== "0" && document.getElementById("bulk-cancel").click();
      new MutationObserver((changes, observer) => cancel() !== false && observer.disconnect()).observe(rows, { childList: true });
    });
    await check(page, "long.csv", big(20_000), "Canceled");
    const canceled = await text(page, "#run-name");
    const count = Number(/Canceled after ([\d,]+) rows?\.$/.exec(canceled)?.[1].replace(",", ""));
    assert.ok(count > 0 && count < 20_000, canceled);
    assert.equal(await page.isDisabled("#bulk-cancel"), true);
    await check(page, "next.csv", "Identity\na\n");
    assert.deepEqual(await totals(page), ["1", "1", "0"]);
  });

  test("a file that is chosen during a check replaces the one being checked", options, async (page) => {
    await choose(page, { file: "first.csv", content: Buffer.from(big(20_000).replaceAll("{", "[")) });
    await page.click("#check");
    await page.evaluate(() => {
      for (const name of ["second.csv", "third.csv"]) {
        const transfer = new DataTransfer();
        transfer.items.add(new File(["Identity\na\n"], name));
        document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
      }
    });
    await waitForText(page, "#preview-name", /^third\.csv,/);
    await page.click("#check");
    await waitForText(page, "#run-name", /^third\.csv, .*Checked 1 row: 0 failed\.$/);
    await page.waitForTimeout(300);
    assert.deepEqual(await totals(page), ["1", "1", "0"]);
    assert.deepEqual(await rows(page, "#failed-rows"), []);
    assert.match(await page.textContent("#run-name"), /^third\.csv/);
  });

  test("after the worker fails, the next file gets another worker", { ...options, allow: /convuser\/worker/ }, async (page) => {
    await page.route("**/convuser/worker_main.js", (route) => route.abort(), { times: 1 });
    await check(page, "first.csv", "Identity\na\n", "could not");
    await waitForText(page, "#run-alert", /^The check ended early \(WORKER\)/);
    await check(page, "second.csv", "Identity\na\n");
    assert.deepEqual(await totals(page), ["1", "1", "0"]);
  });

  test("a file can be dropped", options, async (page) => {
    const data = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["Identity\na\n\n"], "dropped.csv"));
      return transfer;
    });
    await page.dispatchEvent("#drop", "dragover", { dataTransfer: data });
    assert.match(await page.getAttribute("#drop", "class"), /over/);
    await page.dispatchEvent("#drop", "drop", { dataTransfer: data });
    await page.click("#check");
    await waitForText(page, "#run-name", /^dropped\.csv, 12 bytes\. Checked 1 row: 0 failed\.$/);
    const isRefused = await page.evaluate((transfer) => !document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })), data);
    assert.equal(isRefused, true, "the browser would leave the page for the file");
  });

  test("the sample has errors of each kind", options, async (page) => {
    await page.click("#bulk-sample");
    await page.click("#check");
    await waitForText(page, "#run-name", /Checked 2,000 rows: 118 failed/);
    assert.equal((await rows(page, "#kinds")).length, 4);
  });

  test("a cell that a spreadsheet would read as a formula gets an apostrophe", options, async (page) => {
    const line = (cells) => page.evaluate(async (cells) => (await import("/csv.js")).csvLine(cells), cells);
    assert.equal(await line(["=1", "+1", "-1", "@a", "\tx", "\rx", " =1", "a=1", "", "'", 7]), `'=1,'+1,'-1,'@a,'\tx,"'\rx", =1,a=1,,',7\r\n`);
  });
});

/** Measures the longest time between two frames, from now on. */
function watchFrames() {
  let longest = 0;
  let last = performance.now();
  const frame = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  globalThis.longestWait = () => longest;
}
