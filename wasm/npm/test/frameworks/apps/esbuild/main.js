import { init } from "convuser";
import wasm from "convuser/convuser.wasm";

async function answer() {
  const codec = await init({ source: new URL(wasm, import.meta.url) });
  return codec.encodeForm({ Identity: "admin" }).value.body;
}

answer()
  .catch(String)
  .then((text) => (document.querySelector("#answer").textContent = text));
