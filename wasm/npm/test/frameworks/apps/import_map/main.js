import { init } from "convuser";
import { schema } from "convuser/schema";
import { getCodec } from "convuser/sync";
import { openWorker } from "convuser/worker";

async function answer() {
  const codec = await init();
  const { value } = codec.encodeForm({ Identity: "admin" });
  const { issues } = await schema["~standard"].validate({});
  const sync = getCodec().encodeForm({ Identity: "bob" });
  const worker = await openWorker();
  const failures = [];
  for await (const { index } of worker.validateMany([{ Identity: "admin" }, {}])) failures.push(index);
  worker.dispose();
  return `${value.body}, ${issues[0].message}, ${sync.value.body}, row ${failures}`;
}

answer()
  .catch(String)
  .then((text) => (document.querySelector("#answer").textContent = text));
