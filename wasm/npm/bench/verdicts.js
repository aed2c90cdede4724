// Compares the verdicts of contenders with those of convuser.

/** Returns "accepts", "rejects" or "throws". */
function verdict({ call, read }, input) {
  try {
    return read(call(input)).ok ? "accepts" : "rejects";
  } catch {
    return "throws";
  }
}

/** Returns where peers differ: [{contender, kind, verdict, inputs: [name]}]. */
export function differences(ours, peers, kind, inputs) {
  const expected = inputs.map(([name, input]) => ({ name, input, want: verdict(ours[kind], input) }));
  const thrown = expected.find(({ want }) => want === "throws");
  if (thrown) throw new Error(`convuser throws on "${thrown.name}"`);
  return peers.filter((peer) => peer[kind]).flatMap((peer) => differencesOf(peer, kind, expected));
}

function differencesOf(peer, kind, expected) {
  const found = { accepts: [], rejects: [], throws: [] };
  for (const { name, input, want } of expected) {
    const got = verdict(peer[kind], input);
    if (got !== want) found[got].push(name);
  }
  return Object.entries(found)
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => ({ contender: peer.name, kind, verdict: what, inputs: names }));
}

const MEMBERS = ["Identity", "FriendlyName", "Attributes", "RoleSid"];

/** The verdict, the invalid members, and for a form the values. */
function summary({ call, read }, kind, input) {
  const { ok, value, issues } = read(call(input));
  if (!ok) return `rejects ${issues.map(({ path }) => path[0] ?? "all").sort()}`;
  return kind === "form" ? JSON.stringify(MEMBERS.map((name) => value[name])) : "accepts";
}

/** Throws if a contender's result for a timed input differs from convuser's, or convuser's own for all inputs at once. */
export function mustAgree(ours, peers, { name, kind, inputs, atOnce }) {
  if (atOnce) {
    const { call, callAll } = ours[kind];
    callAll(inputs).forEach((result, i) => {
      if (JSON.stringify(result) !== JSON.stringify(call(inputs[i]))) throw new Error(`${name}, input ${i}: convuser gives another answer at once`);
    });
  }
  for (const peer of peers.filter((p) => p[kind])) {
    inputs.forEach((input, i) => {
      const [want, got] = [summary(ours[kind], kind, input), summary(peer[kind], kind, input)];
      if (got !== want) throw new Error(`${name}, input ${i}: convuser ${want}, ${peer.name} ${got}`);
    });
  }
}
