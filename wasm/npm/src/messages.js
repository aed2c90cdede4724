import { hints } from "./hints.js";
export { hints };

const at = ({ line, column }) => (line < 0 ? "" : ` (line ${line}, column ${column})`);
const located = (sentence) => (issue) => `${sentence}${at(issue)}.`;

const beginning = {
  RoleSid: ", beginning with RL",
  role_sid: ", beginning with RL",
  sid: ", beginning with US",
  account_sid: ", beginning with AC",
  chat_service_sid: ", beginning with IS",
};

const json = {
  value: "a value is missing",
  name: "a name in quotes is missing",
  name_or_end: "a name in quotes or } is missing",
  colon: "a colon is missing",
  comma_or_brace: "a comma or } is missing",
  comma_or_bracket: "a comma or ] is missing",
  quote: "a closing quote is missing",
  escape: "a backslash is not allowed before this character",
  hex_digits: "four hex digits are missing after \\u",
  digit: "a digit is missing",
  literal: "only true, false and null are written without quotes",
  end: "something follows its end",
  no_byte_order_mark: "it starts with an invisible byte order mark",
  no_control_character: "a line break or another control character is inside quotes",
};

const types = { string: "text", boolean: "true or false", number: "a number", object: "an object" };

const sentences = {
  required: "This is needed.",
  null: located("This must not be null"),
  length: ({ path, params }) => `This needs ${params.expected} characters${beginning[path.at(-1)] ?? ""}.`,
  prefix: ({ params }) => `This has to begin with ${params.expected === "known_prefix" ? "AC, IS, RL or US" : params.expected}.`,
  hex: located("Only the digits 0 to 9 and the letters a to f are allowed here"),
  json: (issue) => `This is not valid JSON: ${json[issue.params.expected]}${at(issue)}.`,
  object: located("This has to be one JSON object, between { and }"),
  boolean: "This has to be true or false.",
  datetime: located("This is not a date and time such as 2019-12-16T22:18:37Z"),
  uri: located("This is not a full address such as https://example.com/"),
  type: (issue) => located(`This has to be ${types[issue.params.expected] ?? "something else"}`)(issue),
  repeated: located("This is given more than once"),
  unknown: (issue) => located(unknown(issue))(issue),
  utf8: located("A character is broken: type it again"),
  surrogate: located("Half a character is written with \\u: its other half is missing"),
  depth: located("This is nested deeper than 10000 levels"),
  percent: located("Two hex digits are missing after %"),
  semicolon: located("A semicolon has to be written as %3B"),
  too_large: ({ params }) => `This is too long: at most ${params.expected} bytes are allowed.`,
  redirected: "The response came from another address: it is unknown whether the user was created.",
  not_created: "The response does not say that the user was created.",
  no_user: "The response has no user in it: it is unknown whether one was created.",
  unreadable: "This could not be read.",
  file: "Text is needed here, not a file.",
  status: "This is not an HTTP status from 100 to 599.",
  long: located("This is longer than the service is known to accept"),
  reserved: "The service reserves this name.",
  sid_shaped: "This looks like an identifier that the service gives to users.",
  character: located("The service advises against this character"),
  control: located("There is an invisible control character"),
  bidi: located("There is an invisible character that changes the direction of the text"),
  repeated_name: located("This name is used a second time"),
  big_integer: located("This number has more digits than some programs keep"),
  overflow: located("This number is too large"),
  escape: located("This character needs no backslash"),
  space: located("There is an extra space: at the start, at the end or next to another"),
  invisible: located("There is an invisible character"),
  replacement: located("A character was lost here: type it again"),
  mojibake: located("Letters with accents or signs were garbled here: type them again"),
  not_nfc: located("This character is stored in parts: type it again, as one"),
  mixed_script: located("This word mixes letters of two alphabets that look the same"),
  path: located("This cannot be part of a web address as it is: leave it out"),
  placeholder: located("This looks like a placeholder that was not filled in"),
};

function unknown({ path, params }) {
  if (path[0] === "Attributes") return "Attributes is one JSON text, not fields of its own";
  return params.nearest === undefined ? "There is no field with this name" : `There is no field with this name; you probably mean ${params.nearest}`;
}

/** Adds the sentence of the hint. */
function withHint(message) {
  return (issue) => {
    const sentence = typeof message === "function" ? message(issue) : message;
    const { hint, params } = issue;
    if (hint === undefined || hint === "nested_form") return sentence; // it says so already
    const text = params.found === undefined ? hints[hint] : `${hints[hint]}: ${params.found}`;
    return `${sentence} ${text[0].toUpperCase()}${text.slice(1)}.`;
  };
}

const withHints = ["length", "prefix", "hex", "json", "object", "type", "unknown", "utf8"];

/** See messages.d.ts. */
export const people = Object.fromEntries(Object.entries(sentences).map(([code, message]) => [code, withHints.includes(code) ? withHint(message) : message]));
