// A pasted response.
import assert from "node:assert/strict";
import { rows, text, waitForText, withAdmin } from "./admin.js";

const options = { hash: "#decode" };

async function paste(page, body, status = "201", type = "application/json") {
  await page.fill("#decode-status", status);
  await page.fill("#decode-type", type);
  await page.fill("#decode-body", body);
  await page.waitForFunction((status) => document.querySelector("#decoded .verdict")?.textContent.startsWith(status), status);
}

const caret = (page) => page.$eval("#decode-body", (area) => [area.selectionStart, document.activeElement === area]);

await withAdmin("decode", (test) => {
  test("the documented 201 is a user without an error", options, async (page) => {
    await page.click("[data-sample=user]");
    await waitForText(page, "#decoded .verdict", /^201 a valid user/);
    assert.equal((await rows(page, "#decoded table")).length, 13);
  });

  test("an error in a member is found in the body", options, async (page) => {
    await page.click("[data-sample=broken]");
    await waitForText(page, "#decoded .verdict", /2 members break the contract/);
    const body = await page.inputValue("#decode-body");
    await page.click("#decoded .go >> nth=0");
    assert.deepEqual(await caret(page), [body.indexOf("ech }"), true]);
    assert.equal(await page.textContent("#decode .echo mark"), "e");
    await page.click("#decoded .go >> nth=1");
    assert.deepEqual(await caret(page), [body.indexOf("3-16T22:18:38Z"), true]);
    assert.deepEqual(await rows(page, "#decoded table >> nth=1"), [["joined_channels_count", "0"], ["service_sid", '"ISaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"']]);
  });

  test("a body that is not JSON has a place, and the caret goes there", options, async (page) => {
    const body = '{\n  "sid": nul\n}';
    await paste(page, body);
    assert.match(await text(page, "#decoded .issue"), /Line 2, column 13: .*Go to error$/);
    await page.click("#decoded .go");
    assert.deepEqual(await caret(page), [body.indexOf("\n}"), true]);
  });

  test("an error of each shape", options, async (page) => {
    await paste(page, '{"type":"about:blank","title":"No <b>","status":422,"code":1,"detail":"d","instance":"/i","errors":[{"detail":"x"}]}', "422", "application/problem+json");
    const error = new Map(await rows(page, "#decoded table"));
    assert.deepEqual(["class", "code", "message", "detail", "instance", "extra"].map((name) => error.get(name)), ["invalid", "1", "No <b>", "d", "/i", '[{"detail":"x"}]']);
    await paste(page, "<script>alert(1)</script>", "503", "text/html");
    assert.match(await text(page, "#decoded .verdict"), /^503 ambiguous/);
    assert.equal(await page.$$eval("#decoded script", (all) => all.length), 0);
  });

  test("an invalid status", options, async (page) => {
    await page.fill("#decode-body", "{}");
    for (const status of ["", "abc", "99", "600", "2.5"]) {
      await page.fill("#decode-status", status);
      await waitForText(page, "#decoded", /100 to 599/);
      await page.fill("#decode-status", "404");
      await waitForText(page, "#decoded .verdict", /^404/);
    }
  });

  test("an empty body shows no error", options, async (page) => {
    await paste(page, "{}");
    await page.fill("#decode-body", "");
    await page.waitForSelector("#decoded .empty");
  });

  test("__proto__ and markup are data", options, async (page) => {
    await paste(page, '{"__proto__": {"polluted": true}, "constructor": 1, "identity": "<img src=x onerror=alert(1)>", "links": {"__proto__": "x"}}');
    assert.deepEqual(await rows(page, "#decoded table >> nth=1"), [["__proto__", '{"polluted": true}'], ["constructor", "1"], ["links.__proto__", '"x"']]);
    assert.equal(await page.evaluate(() => ({}).polluted), undefined);
    assert.equal(await page.$$eval("#decoded img", (all) => all.length), 0);
  });

  test("a place in a value is found after escapes, similar names and nested values", options, async (page) => {
    const find = (body, path, index) => page.evaluate(async (args) => (await import("/locate.js")).indexIn(...args), [body, path, index]);
    const body = String.raw`{ "a\u0062": "x", "unknown": {"ab": [1, "}\"", {"ab": "no"}]}, "n": -1.5e3 ,"ab2":"\n\u00e9\"😀\ud83d\ude00end", "links" : {"z":true,"user_conversations":"abc"}}`;
    assert.equal(await find(body, ["ab"], 0), body.indexOf('x", "unknown'));
    assert.equal(await find(body, ["ab2"], 7), body.indexOf("end"));
    assert.equal(await find(body, ["ab2"], 3), body.indexOf("😀"));
    assert.equal(await find(body, ["links", "user_conversations"], 2), body.indexOf('c"}}'));
    assert.equal(await find(body, ["ab2"], 99), body.indexOf('", "links"'));
    assert.equal(await find(body, ["none"], 0), -1);
    assert.equal(await find(body, ["n"], 0), -1);
    assert.equal(await find(`{"d": ${"[".repeat(20_000)}${"]".repeat(20_000)}, "e": "f"}`, ["e"], 0), 40_014);
  });
});
