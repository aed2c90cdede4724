// Runs in every runtime; throws if the package returns a wrong result.
export async function check({ init }) {
  const codec = await init();
  const good = codec.validateRequest({ Identity: "admin", Attributes: '{"duty":"tech"}' });
  expect("a good request", good, { ok: true, value: { Identity: "admin", Attributes: '{"duty":"tech"}' } });
  const bad = codec.validateRequest({ Identity: "admin", RoleSid: `RLx${"a".repeat(31)}` });
  const places = bad.issues?.map(({ path, code, offset }) => ({ path, code, offset }));
  expect("a bad request", { ok: bad.ok, places }, { ok: false, places: [{ path: ["RoleSid"], code: "hex", offset: 2 }] });
  const form = codec.encodeForm({ Identity: "a b", FriendlyName: "ü" });
  expect("a form", form.value?.body, "Identity=a+b&FriendlyName=%C3%BC");
  return codec.goVersion;
}

function expect(what, got, want) {
  if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}
