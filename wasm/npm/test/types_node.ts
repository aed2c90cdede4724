// Compiles without the types of a browser; see package.test.js.
import { create, fromFormData, init, type CreateRequest, type User } from "convuser";
import { getCodec } from "convuser/sync";
import { schema } from "convuser/schema";
import { openWorker } from "convuser/worker";

export async function send(body: Uint8Array, request: CreateRequest): Promise<User | undefined> {
  const codec = await init({ source: "file:///convuser.wasm" });
  (await create({ source: body, maxBytes: 1024 })).dispose();
  const form = codec.encodeForm({ ...request, RoleSid: undefined });
  if (!form.ok) throw new Error(form.issues[0]?.message);
  const rows = (await openWorker()).validateMany([form.value.body], { format: "form" });
  for await (const { index, issues } of rows) issues[index]?.code;
  getCodec().validateField("Identity", fromFormData({ getAll: () => [] }));
  await schema["~standard"].validate(request);
  const answer = codec.parseResponse(201, "application/json", body, { "retry-after": "1" });
  return answer.ok ? answer.value : undefined;
}
