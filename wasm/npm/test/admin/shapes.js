// Files as people have them, each with what the page guesses, what a person
// changes, and the resulting requests.

const role = `RL${"0a".repeat(16)}`;

/** Text as UTF-16, with a byte order mark, as Excel writes it. */
export function utf16(text, { isBig = false } = {}) {
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return isBig ? bytes.swap16() : bytes;
}

/** Letters of ISO 8859-1 and the euro sign as Windows-1252. */
export const windows1252 = (text) => Buffer.from(text.replaceAll("€", "\x80"), "latin1");

const none = async () => {};

/** Each has file, content, encoding, separator, targets, act(page) and requests. */
export const shapes = {
  "semicolons": {
    file: "semicolons.csv", // as Excel writes CSV in languages with a decimal comma
    content: Buffer.from([
      "\ufeffIdentity;FriendlyName;Attributes;RoleSid;WebhookEnabled",
      `anna;Müller, Anna;"{""team"": ""a;b""}";${role};TRUE`,
      "ben;Ben;;;FALSE",
      "",
    ].join("\r\n")),
    encoding: "utf-8",
    separator: ";",
    targets: ["Identity", "FriendlyName", "Attributes", "RoleSid", "WebhookEnabled"],
    act: none,
    requests: [
      { Identity: "anna", FriendlyName: "Müller, Anna", Attributes: '{"team": "a;b"}', RoleSid: role, WebhookEnabled: true },
      { Identity: "ben", FriendlyName: "Ben", WebhookEnabled: false },
    ],
  },
  "UTF-16 with tabs": {
    file: "unicode.txt", // as Excel writes "Unicode Text"
    content: utf16(`Identity\tFriendlyName\tRole Sid\r\nzoë\tZoë, née Å\t${role}\r\nОльга\t"Ольга ""Оля"""\t\r\n`),
    encoding: "utf-16le",
    separator: "\t",
    targets: ["Identity", "FriendlyName", "RoleSid"],
    act: none,
    requests: [{ Identity: "zoë", FriendlyName: "Zoë, née Å", RoleSid: role }, { Identity: "Ольга", FriendlyName: 'Ольга "Оля"' }],
  },
  "Windows-1252": {
    file: "old.csv",
    content: windows1252("Identity;FriendlyName;Größe\r\none;One;S\r\njosé;José Peña;M\r\nmax;Max €;L\r\n"),
    encoding: "windows-1252",
    separator: ";",
    targets: ["Identity", "FriendlyName", ""],
    act: (page) => page.check("#confirm"),
    requests: [{ Identity: "one", FriendlyName: "One" }, { Identity: "josé", FriendlyName: "José Peña" }, { Identity: "max", FriendlyName: "Max €" }],
  },
  "quoted line breaks": {
    file: "export.csv",
    content: Buffer.from([
      "Identity,FriendlyName,Attributes",
      'a,"Ann\nof two lines","{\r\n  ""note"": ""1, 2""\r\n}"',
      "b,Ben,",
      "",
    ].join("\n")),
    encoding: "utf-8",
    separator: ",",
    targets: ["Identity", "FriendlyName", "Attributes"],
    act: none,
    requests: [{ Identity: "a", FriendlyName: "Ann\nof two lines", Attributes: '{\r\n  "note": "1, 2"\r\n}' }, { Identity: "b", FriendlyName: "Ben" }],
  },
  "mapped names": {
    file: "people.csv",
    content: Buffer.from([
      "E-Mail,Full Name,Role SID,attributes.team,Seats,Admin,Notes",
      `ann@example.com,Ann,${role},red,9007199254740993,TRUE,first`,
      "ben@example.com,Ben,,007,1.10,false,",
      "cy@example.com,Cy,,,,,none",
      "",
    ].join("\n")),
    encoding: "utf-8",
    separator: ",",
    targets: ["Identity", "FriendlyName", "RoleSid", "member", "", "", ""],
    act: async (page) => {
      await asMember(page, 4, "seats", "number");
      await asMember(page, 5, "isAdmin", "boolean");
    },
    requests: [
      { Identity: "ann@example.com", FriendlyName: "Ann", RoleSid: role, Attributes: '{"team":"red","seats":9007199254740993,"isAdmin":true}' },
      { Identity: "ben@example.com", FriendlyName: "Ben", Attributes: '{"team":"007","seats":1.10,"isAdmin":false}' },
      { Identity: "cy@example.com", FriendlyName: "Cy" },
    ],
  },
};

/** Reads a column as a member of Attributes. */
export async function asMember(page, index, name, type = "text") {
  const row = page.locator("#columns tbody tr").nth(index);
  await row.locator(".target").selectOption("member");
  await row.locator("input").fill(name);
  await row.locator(".type").selectOption(type);
}

/** Chooses the file of a shape. */
export const choose = (page, { file: name, content }) => page.setInputFiles("#file", { name, mimeType: "text/plain", buffer: content });
