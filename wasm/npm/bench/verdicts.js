// What contenders say of an input, beside what convuser says.

/** "accepts", "refuses" or "throws". */
function verdict({ call, read }, input) {
  try {
    return read(call(input)).ok ? "accepts" : "refuses";
  } catch {
    return "throws";
  }
}

/** Where a peer differs, as {contender, kind, verdict, inputs: [name]}. */
export function differences(ours, peers, kind, inputs) {
  const judged = inputs.map(([name, input]) => ({ name, input, want: verdict(ours[kind], input) }));
  const thrown = judged.find(({ want }) => want === "throws");
  if (thrown) throw new Error(`convuser throws on "${thrown.name}"`);
  return peers.filter((peer) => peer[kind]).flatMap((peer) => differencesOf(peer, kind, judged));
}

function differencesOf(peer, kind, judged) {
  const found = { accepts: [], refuses: [], throws: [] };
  for (const { name, input, want } of judged) {
    const got = verdict(peer[kind], input);
    if (got !== want) found[got].push(name);
  }
  return Object.entries(found)
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => ({ contender: peer.name, kind, verdict: what, inputs: names }));
}

const MEMBERS = ["Identity", "FriendlyName", "Attributes", "RoleSid"];

/** The verdict, the members at fault, and for a form the values. */
function summary({ call, read }, kind, input) {
  const { ok, value, faults } = read(call(input));
  if (!ok) return `refuses ${faults.map(({ path }) => path[0] ?? "all").sort()}`;
  return kind === "form" ? JSON.stringify(MEMBERS.map((name) => value[name])) : "accepts";
}

/** Throws where a contender's answer to a timed input is not convuser's, and where convuser's own to all at once are others. */
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
