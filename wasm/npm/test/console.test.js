// What a console prints for a codec.
import test, { after } from "node:test";
import { inspect } from "node:util";
import * as assert from "./assert.js";
import { openBrowser, skip } from "./browser.js";
import { fileURL, packageFolder } from "./files.js";
import { serve } from "./server.js";

const { create, init } = await import(fileURL(packageFolder, "index_node.js"));

test("Node.js prints a codec and its state", async () => {
  const codec = await init();
  const { version, goVersion } = codec;
  assert.equal(inspect(codec), `Codec { version: '${version}', goVersion: '${goVersion}', state: 'ready' }`);
  assert.equal(inspect(codec.with({ messages: {} })), inspect(codec));
  assert.ok(inspect({ codec }, { colors: true }).includes("state: \x1b[32m'ready'"), "in colours");
});

test("Node.js prints a codec that is not shared, and a worker", async () => {
  const own = await create();
  const { openWorker } = await import(fileURL(packageFolder, "worker_node.js"));
  const worker = await openWorker();
  const { version, goVersion } = own;
  for (const [object, name] of [[own, "OwnCodec"], [worker, "WorkerCodec"]]) {
    assert.equal(inspect(object), `${name} { version: '${version}', goVersion: '${goVersion}', state: 'ready' }`);
    object.dispose();
    assert.equal(inspect(object), `${name} { version: '${version}', goVersion: '${goVersion}', state: 'disposed' }`);
  }
});

test("Chromium shows the name of each class", { skip }, async () => {
  const server = await serve();
  const browser = await openBrowser();
  after(() => Promise.all([browser.close(), server.close()]));
  const page = await browser.newPage();
  await page.goto(`${server.origin}/convuser/package.json`);
  const session = await page.context().newCDPSession(page);
  const nameOf = async (expression) => (await session.send("Runtime.evaluate", { expression, awaitPromise: true })).result.className;
  assert.equal(await nameOf(`import("/convuser/index.js").then(({ init }) => init())`), "Codec");
  assert.equal(await nameOf(`import("/convuser/index.js").then(({ create }) => create())`), "OwnCodec");
  assert.equal(await nameOf(`import("/convuser/worker.js").then(({ openWorker }) => openWorker())`), "WorkerCodec");
});
