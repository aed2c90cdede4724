// convuser/sync: a codec without await.
import { caseList } from "./cases.js";

const { cases, add } = caseList();
export default cases;

const request = { Identity: "a", Attributes: "{}" };

add("the first call needs no await", async ({ fresh, assert }) => {
  const sync = await fresh("./sync");
  assert.deepEqual(sync.getCodec().validateRequest(request), { ok: true, value: request });
  assert.ok(sync.getCodec() === sync.getCodec(), "one codec");
  assert.equal(sync.getCodec().validateRequest({}).issues[0].code, "required");
});

add("the schema never returns a promise", async ({ fresh, assert }) => {
  const { schema } = await fresh("./sync");
  assert.deepEqual(schema["~standard"].validate(request), { value: request });
  assert.equal(schema["~standard"].validate({ Identity: "a", RoleSid: "x" }).issues[0].path[0], "RoleSid");
});

add("a codec that is not shared, with options that are checked", async ({ fresh, convuser, assert }) => {
  const { create, getCodec } = await fresh("./sync");
  const codec = create({ maxBytes: 4 });
  assert.equal(codec.parseUser("{    }").issues[0].code, "too_large");
  codec.dispose();
  const error = assert.throws(() => codec.parseUser("{}"), { code: "DISPOSED" });
  assert.ok(error instanceof convuser.WasmError, "the errors of all entries are one class");
  assert.throws(() => create({ maxbytes: 4 }), { code: "OPTIONS" });
  assert.ok(getCodec().parseUser("{}").ok);
});
