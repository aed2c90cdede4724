// What the page shows of the response to a request that it has sent.
import assert from "node:assert/strict";
import { answered, example, rows, sendExample, text, waitForText, withAdmin } from "./admin.js";

const inject = async (page, failure) => {
  if (!(await page.isVisible("#failure-kind"))) await page.click("#simulate summary");
  for (const [name, value] of Object.entries(failure)) {
    if (name === "kind") await page.selectOption("#failure-kind", value);
    else await page.fill(`#failure-form [name=${name}]`, value);
  }
  await page.click("#add-failure");
  await waitForText(page, "#failure-status", /^Added\. It applies to the next request\.$/);
};

await withAdmin("responses", (test, { origin }) => {
  test("a 201 shows the user, the headers that can be read, and the body", {}, async (page) => {
    await sendExample(page, /^201 Created: a valid user/);
    const members = new Map(await rows(page, ".members >> nth=0"));
    assert.deepEqual([...members.keys()], [
      "sid", "account_sid", "chat_service_sid", "role_sid", "identity", "friendly_name", "attributes",
      "is_online", "is_notifiable", "date_created", "date_updated", "url", "links.user_conversations",
    ]);
    assert.deepEqual(["identity", "friendly_name", "attributes", "is_online"].map((name) => members.get(name)), ["admin", "name", '{ "duty": "tech" }', "null"]);
    assert.equal(members.get("url"), `${origin}/v1/Users/${members.get("sid")}`);
    assert.deepEqual(new Map(await rows(page, ".headers")).get("Access-Control-Allow-Origin"), "*");
    assert.equal((await rows(page, ".headers")).length, 6);
    assert.equal(JSON.parse(await page.textContent("#answer pre")).sid, members.get("sid"));
    await waitForText(page, "#announcer", /^201 Created: a valid user/);
  });

  test("absent, null and empty are shown differently", {}, async (page) => {
    await page.route("**/v1/Users", (route) => route.fulfill({ status: 201, contentType: "application/json", body: '{"sid":null,"identity":"","links":{},"x<b>":[1, 2],"__proto__":{"a":1}}' }));
    await sendExample(page, /^201/);
    const members = new Map(await rows(page, ".members >> nth=0"));
    assert.deepEqual(["sid", "identity", "url", "links.user_conversations"].map((name) => members.get(name)), ["null", "empty", "absent", "absent"]);
    assert.deepEqual(await rows(page, ".members >> nth=1"), [["x<b>", "[1, 2]"], ["__proto__", '{"a":1}']]);
  });

  test("a 201 without a user, and a 200, are no success", {}, async (page) => {
    const answer = { status: 201, contentType: "application/json", body: "{}" };
    await page.route("**/v1/Users", (route) => route.fulfill(answer));
    await sendExample(page, /^201 Created: no user with a valid sid/);
    assert.equal(await page.$$eval("#answer .verdict.good", (all) => all.length), 0);
    answer.status = 200;
    await page.click("#submit");
    await answered(page, /^200 OK: ambiguous/);
  });

  test("a 201 that breaks the contract says where", {}, async (page) => {
    await page.route("**/v1/Users", (route) => route.fulfill({ status: 201, contentType: "application/json", body: '{"sid":"US1","url":"x"}' }));
    await sendExample(page, /2 members break the contract/);
    assert.match(new Map(await rows(page, ".members >> nth=0")).get("sid"), /^US1Character 4: want 34 bytes$/);
  });

  test("a user that exists is a 409 with class, code and what to do", {}, async (page) => {
    await sendExample(page, /^201/);
    await page.click("#submit");
    await answered(page, /^409 Conflict: already exists/);
    assert.deepEqual(await rows(page, ".members >> nth=0"), [
      ["class", "already_exists"], ["code", "50201"], ["message", "User already exists"], ["more info", "https://www.twilio.com/docs/errors/50201"],
    ]);
    assert.equal(await text(page, ".todo"), "A user with this identity exists: fetch it, or choose another identity.");
    assert.equal(await page.$$eval("#answer a", (all) => all.length), 0);
  });

  test("each failure that can be injected is shown", {}, async (page) => {
    await example(page);
    await page.click("#simulate summary");
    await inject(page, { kind: "429", retry_after: "7" });
    await page.click("#submit");
    await answered(page, /^429 Too Many Requests: rate limited/);
    assert.equal(new Map(await rows(page, ".headers")).get("Retry-After"), "7");
    await inject(page, { kind: "500", retry_after: "" });
    await page.click("#submit");
    await answered(page, /^500 Internal Server Error: ambiguous/);
    await inject(page, { kind: "502" });
    await page.click("#submit");
    await answered(page, /^502 Bad Gateway: ambiguous/);
    assert.match(await page.textContent("#answer pre"), /^<html><body>/);
    await inject(page, { kind: "delay", delay_ms: "60000" });
    await page.click("#submit");
    await page.click("#cancel");
    await answered(page, /^Canceled\. The user may have been created/);
    assert.equal(await page.evaluate(() => document.activeElement.id), "submit");
    await page.click("#reset-endpoint"); // the request may have been canceled before the delay applied to it
    await waitForText(page, "#failure-status", /^All users and failures are removed\.$/);
    await inject(page, { kind: "cut", delay_ms: "", times: "2" }); // a browser may retry once by itself
    await page.click("#submit");
    await answered(page, /^No response: the connection was closed\. The user may have been created/);
    await page.click("#reset-endpoint");
    await waitForText(page, "#failure-status", /^All users and failures are removed\.$/);
    await page.click("#submit");
    await answered(page, /^201/);
  });

  test("an invalid failure is refused with the reason", {}, async (page) => {
    await page.click("#simulate summary");
    await page.fill("#failure-times", "many");
    await page.click("#add-failure");
    await waitForText(page, "#failure-status", /^times: want a whole number$/);
  });

  test("credentials are sent as typed, and placeholders for empty ones", {}, async (page) => {
    const seen = [];
    await page.route("**/v1/Users", (route) => {
      seen.push(Buffer.from(route.request().headers().authorization.replace("Basic ", ""), "base64").toString());
      return route.fulfill({ status: 401, contentType: "application/json", body: "{}" });
    });
    await sendExample(page, /^401/);
    await page.fill("#username", "ACé");
    await page.fill("#password", "p:ä😀");
    await page.click("#submit");
    await page.waitForFunction(() => document.getElementById("submit").getAttribute("aria-disabled") === "false");
    assert.deepEqual(seen, ["username:password", "ACé:p:ä😀"]);
    assert.doesNotMatch(await page.textContent("#wire-curl pre"), /ACé|p:ä/);
    await page.fill("#username", "a:b");
    await page.click("#submit");
    await answered(page, /colon/);
    assert.equal(seen.length, 2);
  });
});
