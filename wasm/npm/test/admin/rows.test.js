// The modules that read files of rows, without a browser. Valid CSV is compared
// with Papa Parse.
import assert from "node:assert/strict";
import { cp, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import Papa from "papaparse";
import { fileURL, projectFolder } from "../files.js";
import { makeFolder } from "./admin.js";
import { shapes, utf16, windows1252 } from "./shapes.js";

// Node.js loads modules only from a folder with such a package.json.
const folder = await makeFolder();
await cp(path.join(projectFolder, "wasm", "admin", "page"), folder, { recursive: true });
await writeFile(path.join(folder, "package.json"), '{"type":"module"}');
const load = (name) => import(fileURL(folder, name));

const { CSVReader, csvLine } = await load("csv.js");
const { Decoder, encodingOf } = await load("encoding.js");
const { likelyColumns, problemsOf, requestOf } = await load("mapping.js");
const { FileError, likelySeparator, linesOf, previewOf, Sheet, startOf } = await load("rows.js");

const plain = (value) => JSON.parse(JSON.stringify(value));

async function all(iterable) {
  const values = [];
  for await (const value of iterable) values.push(value);
  return values;
}

/** Cuts a string or bytes into pieces of n. */
const cut = (whole, n) => Array.from({ length: Math.ceil(whole.length / n) }, (_, i) => whole.slice(i * n, (i + 1) * n));

function read(text, separator = ",", n = Math.max(1, text.length)) {
  const reader = new CSVReader(separator);
  return [...cut(text, n).flatMap((piece) => [...reader.push(piece)]), ...reader.end()];
}

function decode(bytes, encoding, n = Math.max(1, bytes.length)) {
  const decoder = new Decoder(encoding);
  return cut(bytes, n).map((piece) => decoder.decode(piece, { isLast: false })).join("") + decoder.decode(new Uint8Array(), { isLast: true });
}

/** A random number generator: the same numbers below n for each seed. */
function numbers(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

test("rows are those of Papa Parse, wherever the pieces are cut", () => {
  const next = numbers(1);
  const pieces = ["a", "b ", " ", ",", ";", "\t", '"', "\n", "\r\n", "é", "🌷", "=1", ""];
  for (let i = 0; i < 3000; i++) {
    const separator = [",", ";", "\t"][next(3)];
    const newline = ["\n", "\r\n", "\r"][next(3)];
    const width = 1 + next(4);
    const cell = () => Array.from({ length: next(5) }, () => pieces[next(pieces.length)]).join("");
    // A line with one empty cell is an empty line, which only Papa Parse does not skip.
    const table = Array.from({ length: 1 + next(6) }, () => Array.from({ length: width }, () => cell() || (width === 1 ? "x" : "")));
    const text = Papa.unparse(table, { delimiter: separator, newline }) + (next(2) === 0 ? newline : "");
    const { data, errors } = Papa.parse(text, { delimiter: separator, newline, skipEmptyLines: true });
    assert.deepEqual(errors, []);
    const got = read(text, separator, 1 + next(7));
    assert.deepEqual(got.map(({ cells }) => cells), data, JSON.stringify(text));
    assert.ok(got.every(({ error }) => error === ""));
    const written = table.map((cells) => csvLine(cells, separator)).join("");
    assert.deepEqual(read(written, separator).map(({ cells }) => cells.map((cell) => cell.replace(/^'(?=[=\t\r])/, ""))), table);
  }
});

test("an invalid row is read the same wherever it is cut, and changes no other row", () => {
  for (const text of ['a,b\r\n1,2\r\n', '"x ""q""",\n\n\r\n"l1\r\nl2",4', 'a\n""\n"', 'x"y,"z"w\n,\n,', "a\rb\r\rc", "\r\n", '"', '""', "a,", "\n\na"]) {
    for (const n of [1, 2, 3]) assert.deepEqual(read(text, ",", n), read(text), JSON.stringify(text));
  }
  const rows = read('a,"x"y\nb,1\r\nc,"2"\nd,na"me\re,"\n5"\n\nf,"6\n');
  assert.deepEqual(rows.map(({ cells, line, error }) => [cells[0], line, error]), [
    ["a", 1, "text after a closing quote"],
    ["b", 2, ""],
    ["c", 3, ""],
    ["d", 4, "a quote in an unquoted cell"],
    ["e", 5, ""],
    ["f", 8, "a quote that is never closed"],
  ]);
});

test("a text is decoded the same wherever it is cut", () => {
  const text = "a,é\r\n李🌷\ufffd\ufeff,\n";
  const files = { "utf-8": Buffer.from(`\ufeff${text}`), "utf-16le": utf16(text), "utf-16be": utf16(text, { isBig: true }) };
  for (const [encoding, bytes] of Object.entries(files)) {
    assert.deepEqual(encodingOf(bytes, true), { encoding, isMarked: true });
    for (const n of [1, 2, 3, 5, 100]) assert.equal(decode(bytes, encoding, n), text, `${encoding}, ${n}`);
  }
  assert.equal(decode(utf16("x".repeat(50_000)), "utf-16le"), "x".repeat(50_000));
  assert.equal(decode(windows1252("é\n"), "windows-1252", 1), "é\n"); // the test in the browser has the euro sign: Node.js reads ISO 8859-1
});

test("the encoding is detected from the first bytes", () => {
  const told = (bytes, isWhole = true) => encodingOf(bytes, isWhole).encoding;
  assert.equal(told(Buffer.from("é")), "utf-8");
  assert.equal(told(new Uint8Array()), "utf-8");
  assert.equal(told(windows1252("José")), "windows-1252");
  assert.equal(told(windows1252("José\n"), false), "windows-1252");
  const isCut = Buffer.from("é🌷").subarray(0, 4);
  assert.equal(told(isCut, false), "utf-8");
  assert.equal(told(isCut), "windows-1252");
});

test("invalid bytes make only their line invalid", () => {
  for (const [encoding, bytes] of [
    ["utf-8", Buffer.concat([Buffer.from("é\ufffd\nb"), Buffer.from([0xe9]), Buffer.from("\r\ufffd\n")])],
    ["utf-8", Buffer.concat([Buffer.from("é\ufffd\nb"), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from("\r\ufffd\n")])], // a surrogate
    ["utf-16le", utf16("é\ufffd\nb\ud83c\r\ufffd\n")],
  ]) {
    for (const n of [1, 2, 3, 100]) {
      const lines = decode(bytes, encoding, n).split(/[\r\n]/);
      assert.deepEqual(lines.map((line) => line.isWellFormed()), [true, false, true, true], `${encoding}, ${n}`);
      assert.deepEqual([lines[0], lines[2]], ["é\ufffd", "\ufffd"]);
    }
  }
  for (const [encoding, bytes] of [["utf-8", Buffer.from("aé").subarray(0, 2)], ["utf-16be", utf16("a", { isBig: true }).subarray(0, 3)]]) {
    assert.equal(decode(bytes, encoding).isWellFormed(), false, `${encoding}, cut off`);
  }
});

test("the guessed columns", () => {
  const targets = (...names) => likelyColumns(names).map(({ target, member }) => (target === "member" ? `.${member}` : target)).join();
  assert.equal(targets("Identity", "FriendlyName", "Attributes", "RoleSid", "X-Twilio-Webhook-Enabled"), "Identity,FriendlyName,Attributes,RoleSid,WebhookEnabled");
  assert.equal(targets("identity ", "friendly_name", "ATTRIBUTES", "Role SID", "x-twilio-webhook-enabled"), "Identity,FriendlyName,Attributes,RoleSid,WebhookEnabled");
  assert.equal(targets("id", "E-Mail", "Display Name"), ",Identity,FriendlyName");
  assert.equal(targets("identity", "Identity", "email"), ",Identity,");
  assert.equal(targets("Login", "Name", "Full Name"), "Identity,FriendlyName,");
  assert.equal(targets("Identity", "attributes.team", "Attributes.a.b", "attributes.", "Attributes"), "Identity,.team,.a.b,,Attributes");
  assert.equal(targets("Identity", "WebhookEnabled", "X-Twilio-Webhook-Enabled"), "Identity,WebhookEnabled,WebhookEnabled");
  assert.equal(targets("__proto__", "constructor", ""), ",,");
});

test("columns that cannot become requests", () => {
  const problems = (...targets) => problemsOf(targets.map((target) => (target.startsWith(".") ? { target: "member", member: target.slice(1) } : { target, member: "" }))).map(({ index }) => index);
  assert.deepEqual(problems("Identity", "", "", ".a", ".b", ".Identity"), []);
  assert.deepEqual(problems("FriendlyName"), [-1]);
  assert.deepEqual(problems("Identity", "Identity", "RoleSid", "RoleSid", ".a", ".a", "."), [1, 3, 5, 6]);
});

test("members of Attributes", () => {
  const column = (target, member = "", type = "text") => ({ name: "", target, member, type });
  const columns = [column("Identity"), column("member", "a", "number"), column("Attributes"), column("member", "b", "boolean"), column("member", '"\n', "text")];
  const made = (...cells) => {
    const { request, errors } = requestOf(columns, ["i", ...cells]);
    return errors.length > 0 ? errors.map(({ field, text }) => `${field} ${text}`) : request.Attributes;
  };
  assert.equal(made("", "", "", ""), undefined);
  assert.equal(made("", " { } ", "", ""), " { } ");
  assert.equal(made("1", "", "", '"é'), '{"a":1,"\\"\\n":"\\"é"}');
  assert.equal(made("1", " { } ", "TRUE", ""), ' { "a":1,"b":true}');
  assert.equal(made("1", '{"x": 9007199254740993, "y": "}"}\n', "", ""), '{"x": 9007199254740993, "y": "}","a":1}');
  for (const text of ["[]", "null", "1", "{", '{"x":}', "{}}", '{"x":"}']) assert.equal(made("1", text, "", ""), text, "the rules refuse it");
  for (const number of ["0", "-0", "1.10", "1e400", "-1.5E+3", "9007199254740993"]) assert.equal(made(number, "", "", ""), `{"a":${number}}`);
  for (const none of ["01", "1,5", "+1", ".5", "1.", " 1", "1 ", "NaN", "0x1", "١", "1e"]) assert.deepEqual(made(none, "", "", ""), ["Attributes.a Want a JSON number"], none);
  for (const [boolean, value] of [["true", true], ["TRUE", true], ["false", false], ["FALSE", false]]) assert.equal(made("", "", boolean, ""), `{"b":${value}}`);
  for (const none of ["True", "yes", "1", " true", "toString", "__proto__"]) assert.deepEqual(made("", "", none, ""), ["Attributes.b Want true or false"], none);
  assert.deepEqual(made("x", '{"b":1}', "true", ""), ["Attributes.a Want a JSON number", "Attributes.b The column Attributes already has this member"]);
  assert.equal(requestOf([column("Identity"), column("member", "__proto__")], ["", "x"]).request.Attributes, '{"__proto__":"x"}');
});

test("an empty Identity is sent, no other empty cell is", () => {
  const columns = likelyColumns(["Identity", "FriendlyName", "WebhookEnabled"]);
  const request = (...cells) => plain(requestOf(columns, cells).request);
  assert.deepEqual(request("", "", ""), { Identity: "" });
  assert.deepEqual(request("a", " ", "FALSE"), { Identity: "a", FriendlyName: " ", WebhookEnabled: false });
  assert.deepEqual(request("a", "", "yes"), { Identity: "a", WebhookEnabled: "yes" });
});

const file = (content, name = "some.csv") => new File([content], name);

for (const [name, shape] of Object.entries(shapes)) {
  test(`${name}: the guesses, and the rows`, async () => {
    const one = file(shape.content);
    const start = await startOf(one);
    assert.equal(start.encoding, shape.encoding);
    assert.equal(likelySeparator(start, shape.encoding), shape.separator);
    const { names, rows, problem } = previewOf(start, shape.encoding, shape.separator);
    assert.equal(problem, "");
    assert.ok(rows.length > 0 && rows.every(({ cells }) => cells.length === names.length));
    const columns = likelyColumns(names);
    assert.deepEqual(columns.map(({ target }) => target), shape.targets);
    const found = await all(new Sheet(one, { encoding: shape.encoding, separator: shape.separator, columns }).requests());
    assert.deepEqual(found.map(({ index }) => index), shape.requests.map((_, i) => i));
    assert.deepEqual(found.map(({ request }) => request.Identity), shape.requests.map(({ Identity }) => Identity));
  });
}

test("each request has the line where its row begins, and the errors of the row", async () => {
  const content = Buffer.concat([Buffer.from('Identity,a\n\n"x\ny",1\nz\n'), Buffer.from([0x62, 0xff]), Buffer.from(',2\nc,3\n"d')]);
  const columns = likelyColumns(["Identity", "a"]);
  const sheet = new Sheet(file(content), { encoding: "utf-8", separator: ",", columns });
  assert.deepEqual(plain(await all(sheet.requests())), [
    { index: 0, line: 3, request: { Identity: "x\ny" }, errors: [] },
    { index: 1, line: 5, request: null, errors: [{ field: "", text: "want 2 cells, got 1" }] },
    { index: 2, line: 6, request: null, errors: [{ field: "", text: "bytes that are not UTF-8" }] },
    { index: 3, line: 7, request: { Identity: "c" }, errors: [] },
    { index: 4, line: 8, request: null, errors: [{ field: "", text: "a quote that is never closed" }] },
  ]);
  for (const content of ["Identity,a", "Identity,a\r\n"]) {
    await assert.rejects(all(new Sheet(file(content), { encoding: "utf-8", separator: ",", columns }).requests()), FileError);
  }
});

test("the lines of a file in any encoding", async () => {
  assert.deepEqual(await all(linesOf(file(utf16("é\r\n\nb")), "utf-16le")), ["é\r", "", "b"]);
  assert.deepEqual(await all(linesOf(file("\ufeffa\n"), "utf-8")), ["a"]);
  const long = "x".repeat(3_000_000);
  assert.deepEqual(await all(linesOf(file(`${long}\n${long}`), "utf-8")), [long, long]);
});

test("the start of a file", async () => {
  await assert.rejects(startOf(file("")), { message: "The file is empty." });
  await assert.rejects(startOf(file("\ufeff \n")), FileError);
  assert.equal((await startOf(file(utf16(' {"a":1}')))).isNDJSON, true);
  const start = await startOf(file(`a;b,c\n${"1;2\n".repeat(20_000)}`));
  assert.deepEqual([start.isWhole, start.isNDJSON, start.bytes.length], [false, false, 65536]);
  assert.equal(likelySeparator(start, "utf-8"), ",", "a comma where both make as many cells");
  assert.equal(previewOf(start, "utf-8", ";").rows.length, 5);
});
