const { init } = require("convuser");
const { schema } = require("convuser/schema");
const { getCodec } = require("convuser/sync");

async function answer() {
  const codec = await init();
  const { value } = codec.encodeForm({ Identity: "admin" });
  const { issues } = await schema["~standard"].validate({});
  const sync = getCodec().encodeForm({ Identity: "bob" });
  return `${value.body}, ${issues[0].message}, ${sync.value.body}`;
}

answer().then(console.log);
