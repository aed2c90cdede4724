import { fail } from "@sveltejs/kit";
import { fromFormData, init } from "convuser";

export const actions = {
  async default({ request }) {
    const codec = await init();
    const data = fromFormData(await request.formData());
    const result = data.ok ? codec.encodeForm(data.value) : data;
    return result.ok ? { created: result.value.body } : fail(400, { created: result.issues[0].message });
  },
};

export async function load() {
  const codec = await init();
  return { loaded: codec.encodeForm({ Identity: "admin" }).value.body };
}
