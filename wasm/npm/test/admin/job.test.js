// Jobs on the local endpoint.
import assert from "node:assert/strict";
import { rows, text, waitForText, withAdmin } from "./admin.js";
import { check, counts, download, people, play, state } from "./rowfiles.js";

const options = { hash: "#bulk" };
const create = (page) => page.click("#job-start");

await withAdmin("jobs", (test, { origin }) => {
  const post = (body) => fetch(`${origin}/v1/Users`, { method: "POST", body: new URLSearchParams(body), headers: { Authorization: `Basic ${btoa("a:b")}` } });
  const fetchUser = async (identity) => (await fetch(`${origin}/v1/Users/${identity}`, { headers: { Authorization: `Basic ${btoa("a:b")}` } })).json();

  test("a file with good, bad, existing and conflicting rows", options, async (page) => {
    await post({ Identity: "same", FriendlyName: "Same" });
    await post({ Identity: "=other", FriendlyName: "Somebody else" });
    await check(page, "mixed.csv", 'Identity,FriendlyName,WebhookEnabled,Extra\n"new\n1",One,true,x\n,None,,x\nsame,Same,,x\n=other,Other,,=1+1\nnew2,Two,,x\n');
    assert.equal(await text(page, "#job-start"), "Create 4 users");
    assert.equal(await text(page, "#offer .service"), "Local endpoint: users exist in memory only");
    await create(page);
    await state(page, /^Done: 4 of 4 rows$/);
    assert.deepEqual(await counts(page), { created: 2, existed: 1, conflict: 1, refused: 0, unknown: 0 });
    const created = await rows(page, "#rows-created");
    assert.deepEqual(created.map(([row, line]) => [row, line]).sort(), [["1", "2"], ["5", "7"]]);
    assert.match(created[0][2], /^US[0-9a-f]{32}$/);
    const [[row, line, reason]] = await rows(page, "#rows-conflict");
    assert.deepEqual([row, line], ["4", "6"]);
    assert.match(reason, /^Another user with this identity exists\. US[0-9a-f]{32}$/);
    assert.equal((await rows(page, "#rows-existed")).length, 1);
    assert.equal((await fetchUser("%3Dother")).friendly_name, "Somebody else");
    assert.equal((await fetchUser("new%0A1")).friendly_name, "One");
    const { name, lines } = await download(page, "#job-download");
    assert.equal(name, "mixed-not-created.csv");
    assert.deepEqual(lines, ["row,line,outcome,reason,Identity,FriendlyName,WebhookEnabled,Extra", "4,6,conflict,Another user with this identity exists.,'=other,Other,,'=1+1"]);
    assert.equal(await page.isVisible("#offer"), false);
    await waitForText(page, "#announcer", /downloaded/);
  });

  test("NDJSON: a row has the number of its line", options, async (page) => {
    await check(page, "some.ndjson", '\ufeff{"Identity":"n1"}\n\n{"Identity":1}\n{"Identity":"n2","Attributes":"{\\"a\\":1}"}\r\n');
    await create(page);
    await state(page, /^Done: 2 of 2 rows$/);
    assert.deepEqual((await rows(page, "#rows-created")).map(([row, line]) => [row, line]).sort(), [["1", "1"], ["4", "4"]]);
    assert.equal((await fetchUser("n2")).attributes, '{"a":1}');
  });

  test("pause, resume and cancel; the page is reloaded in between", options, async (page) => {
    const file = people(3000);
    await check(page, "people.csv", file);
    await create(page);
    await waitForText(page, "#job-rate", /^[\d.]+ a second, \d+ s left$/);
    await page.click("#job-pause");
    await state(page, /^Paused/);
    const paused = (await counts(page)).created;
    assert.ok(paused > 0 && paused < 3000, String(paused));
    await page.waitForTimeout(600);
    assert.equal((await counts(page)).created, paused);
    await page.reload();
    await state(page, /^Paused/);
    assert.equal(await text(page, "#job-name"), "people.csv");
    assert.equal((await counts(page)).created, paused);
    assert.equal((await rows(page, "#rows-created")).length, Math.min(paused, 100));
    assert.equal((await rows(page, "#rows-created"))[0][1], "–");
    await page.click("#job-resume");
    await state(page, /^Creating/);
    await page.reload(); // which does not stop the job
    await state(page, /^Creating/);
    await page.click("#job-cancel");
    await state(page, /^Canceled/);
    assert.ok((await counts(page)).created < 3000);
    assert.equal(await page.isDisabled("#job-resume"), true);
    await check(page, "people.csv", file);
    assert.equal(await text(page, "#job-start"), "Create 3,000 users");
    await create(page);
    await waitForText(page, "#job-note", /^[\d,]+ of 3,000 rows were done before\.$/);
    await state(page, /^Done: 3,000 of 3,000 rows$/);
    assert.deepEqual(await counts(page), { created: 3000, existed: 0, conflict: 0, refused: 0, unknown: 0 });
    assert.equal((await rows(page, "#rows-created"))[0][1] > 1, true);
    assert.match(await text(page, "#outcome-created"), /^Created: 3,000 \(the first 100 are shown\)$/);
  });

  test("one job at a time", { ...options, allow: /_convuser\/jobs$/ }, async (page) => {
    await check(page, "first.csv", people(1500, 10_000));
    await create(page);
    await state(page, /^Creating/);
    await check(page, "second.csv", people(2, 20_000));
    await create(page);
    await waitForText(page, "#offer-alert", /^Another job is running; cancel it first$/);
    assert.equal(await text(page, "#job-name"), "first.csv");
    await page.click("#job-cancel");
    await state(page, /^Canceled/);
    await create(page);
    await state(page, /^Done: 2 of 2 rows$/);
    assert.equal(await text(page, "#job-name"), "second.csv");
    assert.equal(await page.isVisible("#offer-alert"), false);
  });

  test("a job that the server no longer knows", { ...options, allow: /_convuser\/jobs\/\w+$/ }, async (page) => {
    await check(page, "gone.csv", people(2, 30_000));
    await create(page);
    await state(page, /^Done/);
    await fetch(`${origin}/_convuser/faults`, { method: "DELETE" });
    await page.reload();
    await waitForText(page, "#job-alert", /^The server does not know this job/);
    await page.reload();
    await page.waitForSelector("#rules[data-state]");
    assert.equal(await page.isVisible("#job"), false);
  });

  test("refused and unknown rows, and the reason why a job stopped", options, async (page) => {
    const results = [
      { row: 1, outcome: "refused", status: 400, code: 20001, message: '=<b onclick="x">no</b>' },
      { row: 2, outcome: "unknown", status: 500, message: "the user may exist" },
    ];
    await play(page, { results, looks: [{ state: "failed", reason: "the service is out of order", total: 3, done: 2, counts: { refused: 1, unknown: 1 } }] });
    await check(page, "bad.csv", people(3));
    await create(page);
    await state(page, /^Stopped: 2 of 3 rows$/);
    assert.equal(await text(page, "#job-reason"), "The service is out of order");
    assert.deepEqual(await rows(page, "#rows-refused"), [["1", "2", 'status 400, code 20001: =<b onclick="x">no</b>']]);
    assert.deepEqual(await rows(page, "#rows-unknown"), [["2", "3", "status 500: the user may exist"]]);
    assert.deepEqual((await download(page, "#job-download")).lines.slice(1), [
      '1,2,refused,"status 400, code 20001: =<b onclick=""x"">no</b>",person-1,Person 1',
      "2,3,unknown,status 500: the user may exist,person-2,Person 2",
    ]);
    assert.equal(await page.isDisabled("#job-resume"), false);
  });

  test("rows that ended unknown are looked up when they are sent again", options, async (page) => {
    await play(page, { results: [{ row: 1, outcome: "unknown" }], looks: [{ state: "done", total: 1, done: 1, counts: { unknown: 1 } }] });
    await check(page, "one.csv", "Identity,WebhookEnabled\nperson-1,FALSE\n");
    await create(page);
    await state(page, /^Done/);
    assert.equal(await text(page, "#job-start"), "Look up 1 unknown row again");
    assert.deepEqual(await rows(page, "#rows-unknown"), [["1", "2", "The user may exist."]]);
    await page.unroute("**/_convuser/jobs");
    const sent = page.waitForRequest("**/_convuser/jobs");
    await create(page);
    assert.equal((await sent).postData(), '{"row":1,"WebhookEnabled":false,"request":{"Identity":"person-1"}}\n');
    await waitForText(page, "#job-created", /^1$/);
  });

  test("a run that another tab has started has a new list of results", options, async (page) => {
    const results = [{ row: 1, outcome: "created" }, { row: 2, outcome: "unknown" }];
    const looks = [{ state: "running", total: 2, done: 2, counts: { created: 1, unknown: 1 } }];
    await play(page, { results, looks });
    await check(page, "two.csv", people(2));
    await page.click("#job-start");
    await waitForText(page, "#job-unknown", /^1$/);
    results.length = 1;
    looks.push({ state: "running", total: 2, done: 1, counts: { created: 1 } });
    await waitForText(page, "#job-unknown", /^0$/);
    assert.deepEqual(await rows(page, "#rows-unknown"), []);
    assert.equal((await rows(page, "#rows-created")).length, 1);
  });

  test("a file that has changed is not sent", options, async (page) => {
    await check(page, "one.csv", people(1));
    await page.evaluate(() => (File.prototype.stream = () => new ReadableStream({ pull: (c) => c.error(new DOMException("gone", "NotReadableError")) })));
    await create(page);
    await waitForText(page, "#offer-alert", /^The file could not be read: it was changed or removed\.$/);
  });

  test("without a response, the page tries again", { ...options, allow: /_convuser\/jobs/ }, async (page) => {
    await check(page, "cut.csv", people(3, 40_000));
    await page.route("**/_convuser/jobs/*", (route) => route.abort(), { times: 1 });
    await create(page);
    await waitForText(page, "#job-alert", /^No response: the server is not running/);
    await state(page, /^Done: 3 of 3 rows$/);
    assert.equal(await page.isVisible("#job-alert"), false);
  });

  test("the users of a file without good rows, or of a canceled check, cannot be created", options, async (page) => {
    await check(page, "bad.csv", "Identity,FriendlyName\n,x\n");
    assert.equal(await page.isVisible("#offer"), false);
    await page.setInputFiles("#file", { name: "big.csv", mimeType: "text/csv", buffer: Buffer.from(people(50_000)) });
    await waitForText(page, "#preview-name", /^big\.csv/);
    await page.evaluate(() => {
      for (const id of ["check", "bulk-cancel"]) document.getElementById(id).click();
    });
    await waitForText(page, "#run-name", /Canceled after/);
    assert.equal(await page.isVisible("#offer"), false);
  });
}, ["-rate", "500"]);
