// The page on the gateway: first with responses that the test makes, then with
// the program as the gateway to package usertest over TLS.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import https from "node:https";
import path from "node:path";
import test, { after } from "node:test";
import { openBrowser, skip } from "../browser.js";
import { packageFolder } from "../files.js";
import { answered, build, example, inPage, makeFolder, rows, sendExample, start, text, waitForText, withAdmin } from "./admin.js";
import { check, counts, people, state } from "./rowfiles.js";
import { asGateway } from "./scenes.js";

const forReal = ["#submit", "#real-yes"];
const real = "https://conversations.twilio.com";
const json = (status, body) => ({ status, contentType: "application/json", body: JSON.stringify(body) });
const user = (members) => ({ sid: `US${"0a".repeat(16)}`, identity: "admin", ...members });

await withAdmin("the page on a gateway", (test) => {
  test("the local endpoint is named, and needs no confirmation", {}, async (page) => {
    assert.equal(await text(page, "#service"), "Local endpoint: users exist in memory only");
    assert.equal(await text(page, ".send .service"), "Local endpoint: users exist in memory only");
    assert.equal(await text(page, "#submit"), "Create user");
    await sendExample(page, /^201/);
    assert.equal(await page.isVisible("#real"), false);
  });

  test("the gateway is named, and has neither credentials nor injected failures", { prepare: asGateway }, async (page) => {
    for (const place of ["#service", ".send .service"]) assert.equal(await text(page, place), `Gateway to ${real}: users are created for real`);
    for (const id of ["#username", "#password", "#credentials-hint", "#simulate", "#wire-curl .states"]) assert.equal(await page.isVisible(id), false, id);
    assert.equal(await text(page, "#submit"), "Create for real");
    await example(page);
    assert.match(await page.textContent("#wire-request pre"), /\nHost: conversations\.twilio\.com\n/);
    assert.match(await page.textContent("#wire-curl pre"), /'https:\/\/conversations\.twilio\.com\/v1\/Users'/);
  });

  test("a person is asked once, in the page, before anything is sent", { prepare: asGateway }, async (page) => {
    const seen = [];
    await page.route("**/v1/Users", (route) => {
      seen.push(route.request().headers().authorization);
      return route.fulfill(json(201, user()));
    });
    await example(page);
    await page.click("#submit");
    assert.equal(await text(page, "#real-title"), "Create a user for real?");
    assert.match(await text(page, "#real-text"), /at https:\/\/conversations\.twilio\.com\./);
    assert.equal(await page.evaluate(() => document.activeElement.id), "real-no");
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement.id), "submit");
    await page.click("#submit");
    await page.click("#real-no");
    assert.match(await text(page, "#answer"), /Nothing sent yet/);
    await page.click("#submit");
    await page.click("#real-yes");
    await answered(page, /^201/);
    await page.click("#submit");
    await page.waitForFunction(() => document.querySelectorAll(".entry").length === 2);
    assert.equal(await page.isVisible("#real"), false);
    assert.deepEqual(seen, [undefined, undefined]); // the gateway has the credentials
  });

  test("without a session the page says how to get one, and tries again", { allow: /_convuser\/about$/, prepare: (page) => page.route("**/_convuser/about", (route) => route.fulfill({ status: 401, body: "no session" })) }, async (page) => {
    await waitForText(page, "#service", /^This page has no session\. Press Enter in the terminal in which the program runs, then open the link that it prints\.$/);
    await page.route("**/v1/Users", () => assert.fail("sent to an unknown service"));
    await sendExample(page, /^This page has no session/);
    await page.unroute("**/_convuser/about");
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await waitForText(page, "#service", /^Local endpoint/);
  });

  test("a session that is lost", { prepare: asGateway }, async (page) => {
    await page.route("**/v1/Users", (route) => route.fulfill({ status: 401, contentType: "text/plain", body: "no session" }));
    await sendExample(page, /^This page has no session/, forReal);
    assert.equal(await page.isVisible(".look-up"), false); // nothing was sent
  });

  test("while the service is unknown, nothing is sent", { allow: /_convuser\/about$/, prepare: (page) => page.route("**/_convuser/about", (route) => route.fulfill({ status: 500 })) }, async (page) => {
    await waitForText(page, "#service", /^It is unknown where users are created/);
    await sendExample(page, /^It is unknown where users are created/);
  });

  for (const [what, looked, pattern] of [
    ["missing", json(404, { code: 20404, status: 404 }), /^Not found: the user does not exist\./],
    ["equal", json(200, user({ friendly_name: "name", role_sid: `RL${"A".repeat(32)}`, attributes: '{"duty":"tech"}' })), /^Found, with the values of the request: US(0a){16}\.$/],
    ["different", json(200, user({ friendly_name: "name", role_sid: null, attributes: "{}" })), /^Found, but with other values of attributes, role_sid: US/],
    ["unknown", json(502, {}), /^502: it is unknown whether the user exists\.$/],
  ]) {
    test(`after an inconclusive response, the user is looked up and ${what}`, { prepare: asGateway }, async (page) => {
      await page.route("**/v1/Users", (route) => route.fulfill(json(502, { status: 502, message: "The service's response does not say what happened; the user may have been created" })));
      await page.route("**/v1/Users/admin", (route) => route.fulfill(looked));
      await sendExample(page, /^502 Bad Gateway: ambiguous/, forReal);
      assert.equal(await text(page, ".todo"), "The service's response does not say what happened; the user may have been created");
      await page.click(".look-up button");
      await waitForText(page, ".look-up .verdict", pattern);
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "Look it up");
    });
  }

  test("if the gateway sent nothing, the page says so", { prepare: asGateway }, async (page) => {
    const message = "The gateway cannot connect to the service; nothing was sent";
    await page.route("**/v1/Users", (route) => route.fulfill(json(502, { status: 502, message })));
    await sendExample(page, /^502/, forReal);
    assert.equal(await text(page, ".todo"), message);
    assert.doesNotMatch(await text(page, "#answer"), /may exist|may have been created/);
  });

  test("an identity is looked up as one segment of the path, and .. cannot be", {}, async (page) => {
    await page.route("**/v1/Users", (route) => route.abort());
    const identity = "a/b?c#d%e é";
    await page.fill("#Identity", identity);
    await page.click("#submit");
    await answered(page, /^No response: the connection was closed/);
    const looked = page.waitForRequest(/\/v1\/Users\/./);
    await page.click(".look-up button");
    assert.equal(new URL((await looked).url()).pathname, `/v1/Users/${encodeURIComponent(identity)}`);
    await waitForText(page, ".look-up .verdict", /^Not found/);
    await page.fill("#Identity", "..");
    await page.click("#submit");
    await waitForText(page, "#answer .todo", /^A browser cannot look up this identity/);
    assert.equal(await page.isVisible(".look-up button"), false);
  });

  test("JSON values are compared, not texts", {}, async (page) => {
    const same = (a, b) => page.evaluate(async ([a, b]) => (await import("/compare.js")).sameJSON(a, b), [a, b]);
    for (const [a, b, want] of [
      ['{"a":1,"b":[true,null]}', '{ "b": [true, null], "a": 1.0 }', true],
      ['{"a":"\\u00e9"}', '{"a":"é"}', true],
      ['{"a":1e2}', '{"a":100}', true],
      ['{"a":-0.50}', '{"a":-5E-1}', true],
      ['{"a":0}', '{"a":-0.0}', true],
      ['{"a":9007199254740993}', '{"a":9007199254740992}', false],
      ['{"a":1}', '{"a":"1"}', false],
      ['{"a":{"number":"1e0"}}', '{"a":1}', false],
      ['{"a":[1,2]}', '{"a":[2,1]}', false],
      ['{"a":{}}', '{"a":[]}', false],
      ['{"__proto__":1}', "{}", false],
      ["{}", "no", false],
    ]) assert.equal(await same(a, b), want, `${a} ${b}`);
  });

  test("each job for real needs a confirmation", { prepare: asGateway, hash: "#bulk" }, async (page) => {
    await page.route("**/_convuser/jobs", () => assert.fail("sent without a confirmation"));
    await check(page, "people.csv", people(2));
    assert.equal(await text(page, "#job-start"), "Create 2 users for real");
    for (let i = 0; i < 2; i++) {
      await page.click("#job-start");
      assert.equal(await text(page, "#real-title"), "Create 2 users for real?");
      assert.equal(await text(page, "#real-text"), `They will be created at ${real}, from people.csv.`);
      await page.click("#real-no");
    }
  });
});

// Go reads SSL_CERT_FILE only on these systems.
const trusts = ["linux", "freebsd"].includes(process.platform);
const account = `AC${"0".repeat(32)}`;

test("the gateway itself: create, bulk, and resume after it was killed", { skip: skip || (!trusts && "Go does not read SSL_CERT_FILE on this system") }, async () => {
  const folder = await makeFolder();
  const certificate = path.join(folder, "upstream.pem");
  const [admin, upstream] = await Promise.all([build(folder, "./wasm/admin"), build(folder, "./wasm/npm/test/admin/upstream.go")]);
  const service = await start(upstream, [certificate]);
  after(() => service.stop());
  const env = { SSL_CERT_FILE: certificate, TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: "token", TWILIO_API_KEY: "", TWILIO_API_SECRET: "" };
  const gateway = (address) => start(admin, ["-addr", address, "-package", packageFolder, "-journal", path.join(folder, "journals"), "-rate", "300", "-upstream", service.url], env);
  let program = await gateway("127.0.0.1:0");
  after(() => program.stop());
  const browser = await openBrowser();
  after(() => browser.close());
  const { host, origin } = new URL(program.url);
  const ca = await readFile(certificate);
  const statusOf = (identity) => new Promise((resolve, reject) => {
    https.get(`${service.url}/v1/Users/${identity}`, { ca, auth: "a:b" }, (response) => resolve(response.resume().statusCode)).on("error", reject);
  });

  await inPage({ origin, browser }, { allow: /_convuser|\/v1\/Users/ }, async (page) => {
    await waitForText(page, "#service", /^This page has no session/);
    await page.goto(program.url);
    await waitForText(page, "#service", new RegExp(`^Gateway to ${service.url}: users are created for real$`));
    assert.equal(page.url(), `${origin}/`);
    await sendExample(page, /^201 Created: a valid user/, forReal);
    assert.equal(await statusOf("admin"), 200);
    await page.click("#submit");
    await answered(page, /^409 Conflict: already exists/);

    const file = `${people(1000)}admin,Somebody else\n,None\n`;
    await page.click("#tab-bulk");
    await check(page, "people.csv", file);
    await page.click("#job-start");
    await page.click("#real-yes");
    await page.waitForFunction(() => Number(document.getElementById("job-created").textContent) > 100);
    await program.stop("SIGKILL");
    await waitForText(page, "#job-alert", /^No response: the server is not running/);
    program = await gateway(host);
    await waitForText(page, "#job-alert", /^This page has no session/);
    program.stdin.write("\n");
    await page.goto(await program.nextURL());
    await page.click("#tab-bulk");
    await waitForText(page, "#job-alert", /^The server does not know this job, since it was restarted\. Choose the same file/);
    await check(page, "people.csv", file);
    await page.click("#job-start");
    await page.click("#real-yes");
    await waitForText(page, "#job-note", /^\d{3} of 1,001 rows were done before\.$/);
    await state(page, /^Done: 1,001 of 1,001 rows$/);
    const { created, existed, ...rest } = await counts(page);
    assert.equal(created + existed, 1000);
    assert.deepEqual(rest, { conflict: 1, refused: 0, unknown: 0 });
    assert.deepEqual((await rows(page, "#rows-conflict")).map(([row, line]) => [row, line]), [["1,001", "1,002"]]);
    for (const i of [1, 500, 1000]) assert.equal(await statusOf(`person-${i}`), 200);
  });
});
