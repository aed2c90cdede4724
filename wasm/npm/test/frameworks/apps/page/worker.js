import { openWorker } from "convuser/worker";

async function answer() {
  const worker = await openWorker();
  const failures = [];
  for await (const { index } of worker.validateMany([{ Identity: "admin" }, {}])) failures.push(index);
  worker.dispose();
  return `row ${failures}`;
}

answer()
  .catch(String)
  .then((text) => (document.querySelector("#answer").textContent = text));
