import { init } from "convuser";
import wasm from "convuser/convuser.wasm";

const loading = init({ source: new URL(wasm, import.meta.url) });

async function answer() {
  const codec = await loading;
  return codec.encodeForm({ Identity: "admin" }).value.body;
}

answer()
  .catch(String)
  .then((text) => (document.querySelector("#answer").textContent = text));
