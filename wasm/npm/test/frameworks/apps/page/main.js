import { init } from "convuser";
import { schema } from "convuser/schema";

async function answer() {
  const codec = await init();
  const { value } = codec.encodeForm({ Identity: "admin" });
  const { issues } = await schema["~standard"].validate({});
  return `${value.body}, ${issues[0].message}`;
}

answer()
  .catch(String)
  .then((text) => (document.querySelector("#answer").textContent = text));
