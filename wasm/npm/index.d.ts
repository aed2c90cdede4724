/// <reference lib="esnext.disposable" />
/**
 * Validation and serialization of Twilio Conversations Create User,
 * POST /v1/Users, with the rules of the Go module
 * github.com/convuser/convuser, compiled to WebAssembly.
 *
 * Importing this module does nothing; {@link init} loads the rules.
 */

// ---------------------------------------------------------------- values

/** A request, as its wire names. A member that is undefined is absent. */
export interface CreateRequest {
  /** Uniquely identifies the user in its Conversation Service; case-sensitive. */
  Identity: string;
  /** Describes the user. */
  FriendlyName?: string | undefined;
  /** The JSON text of one object; hand an object over as JSON.stringify(object). */
  Attributes?: string | undefined;
  /** `^RL[0-9a-fA-F]{32}$` */
  RoleSid?: string | undefined;
  /** The header X-Twilio-Webhook-Enabled; never part of a body. */
  WebhookEnabled?: boolean | undefined;
}

/** A field of {@link CreateRequest}. */
export type RequestField = keyof CreateRequest;

/**
 * What a parser found in a body: every member is optional there, since
 * parsing is apart from validating.
 */
export type ParsedRequest = Omit<Partial<CreateRequest>, "WebhookEnabled">;

/** Members that this version does not know: name → JSON text, verbatim. Its prototype is null. */
export type Unknown = Record<string, string>;

/** The links of a {@link User}. */
export interface Links {
  user_conversations?: string | null;
  unknown?: Unknown;
}

/**
 * What a 201 answers. Any member may be null, or absent. Where `parseUser`
 * made it, `unknown` has no prototype. A name that stands twice in `unknown` keeps its last value, as with JSON.parse.
 */
export interface User {
  sid?: string | null;
  account_sid?: string | null;
  chat_service_sid?: string | null;
  role_sid?: string | null;
  identity?: string | null;
  friendly_name?: string | null;
  attributes?: string | null;
  is_online?: boolean | null;
  is_notifiable?: boolean | null;
  date_created?: string | null;
  date_updated?: string | null;
  url?: string | null;
  links?: Links | null;
  unknown?: Unknown;
}

/** An answer that does not say that a user was created; the strings are the server's words: show them as text, never as markup. */
export interface APIError {
  status: number;
  /** The service's own code, such as 50201; 0 where the answer had none. */
  code: number;
  message: string;
  moreInfo: string;
  detail: string;
  instance: string;
  /** JSON text of `details`, `params` or `errors`, verbatim; "" for none. */
  extra: string;
  /** The service puts the fault with the caller; undefined where it does not say. */
  userError?: boolean | null;
  contentType: string;
  body: string;
  /** Why an answer with a status below 400 is no success; "" for an error answer of the service. */
  reason: "" | "redirected" | "not_created" | "no_user";
  /** Seconds to wait before the next try, from Retry-After, 2^30 at most; 0 where there was none, or no headers were given. */
  retryAfter: number;
  /** What a caller can do about it. */
  class: "other" | "already_exists" | "invalid" | "refused" | "rate_limited" | "ambiguous";
}

/** What `encodeForm` returns: hand both to fetch, and add the credentials. */
export interface EncodedForm {
  body: string;
  /** Content-Type, and X-Twilio-Webhook-Enabled where WebhookEnabled is set. */
  headers: Record<string, string>;
}

// ---------------------------------------------------------------- issues

/** The rule that is broken; stable. The last three are this package's own. */
export type IssueCode =
  | "required" | "null" | "length" | "prefix" | "hex" | "json" | "object" | "boolean" | "datetime" | "uri"
  | "type" | "repeated" | "unknown" | "utf8" | "surrogate" | "depth" | "percent" | "semicolon" | "too_large"
  | "redirected" | "not_created" | "no_user" | "unreadable" | "file" | "status";

/** What advice is about; stable. */
export type AdviceCode =
  | "long" | "reserved" | "sid_shaped" | "character" | "control" | "bidi"
  | "repeated_name" | "big_integer" | "overflow" | "escape"
  | "space" | "invisible" | "replacement" | "mojibake" | "not_nfc" | "mixed_script" | "path" | "placeholder";

/** The mistake behind an issue, where it shows from what is around its place; stable. */
export type Hint =
  | "single_quotes" | "smart_quotes" | "unquoted_name" | "trailing_comma" | "comment" | "python_literal" | "js_literal"
  | "escaped_json" | "doubled_quotes" | "string_of_json" | "percent_encoded" | "html_escaped" | "object_tostring"
  | "array_for_object" | "cut_off" | "not_json_space" | "single_value" | "not_stringified"
  | "json_body" | "header_in_form" | "nested_form" | "latin1" | "sid_case" | "sid_space" | "sid_kind";

/** Where something stands. All four are -1 where there is no place. */
export interface Place {
  /** Bytes of UTF-8 from 0, within `source`. */
  readonly offset: number;
  /** UTF-16 code units from 0, as selectionStart counts. */
  readonly index: number;
  /** Lines from 1; a line ends with "\n". */
  readonly line: number;
  /** UTF-16 code units from 1, within the line. */
  readonly column: number;
  /** What the place is in: the field's own value, or the body that was parsed. */
  readonly source: "value" | "body";
}

/** What a program can use of an issue. It never holds any part of what was given. */
export interface IssueParams {
  /**
   * What the rule asks for: a word that is stable, or a number. By code:
   * json, a {@link JSONExpected}; datetime, year, month, day, hour, minute,
   * second, leap_second, dash, colon, t, digit, zone or end; uri, scheme,
   * character, host_end, hex_digits, ipv6, version, address or bracket; type,
   * string, boolean, number or object; prefix, the prefix, such as RL, or
   * known_prefix; length and too_large, the number of bytes.
   */
  expected?: JSONExpected | (string & {}) | number;
  /** Of the code unknown: the known name that was probably meant. */
  nearest?: keyof ParsedRequest;
  /** Of the code unknown, in an object: Object.keys(object)[index] is the name. */
  index?: number;
  /** With the hint sid_kind: the resource whose SID was given, such as "Account". */
  found?: string;
}

/** What JSON's grammar asks for; end: something stands behind the end. */
export type JSONExpected =
  | "value" | "name" | "name_or_end" | "colon" | "comma_or_brace" | "comma_or_bracket" | "quote" | "escape" | "hex_digits"
  | "digit" | "literal" | "end" | "no_byte_order_mark" | "no_control_character";

/** One fault. It never holds any part of what was given. */
export interface Issue<Code extends string = IssueCode> extends Place {
  /** One line without the place, such as "want a hex digit"; with a hint, its sentence as well. */
  readonly message: string;
  /** [] for the whole input, ["Attributes"], ["links", "user_conversations"]. */
  readonly path: readonly string[];
  readonly code: Code;
  readonly params: Readonly<IssueParams>;
  /** Not there where no mistake is recognized. */
  readonly hint?: Hint;
}

/** Something that is valid, but may cause problems. */
export interface Advice extends Issue<AdviceCode> {
  /** The code that the service is known to answer with, such as 50207; 0 where none is known. */
  readonly server: number;
  /** How this is known: "documented", "seen", "inferred", or a standard. */
  readonly basis: string;
}

export type Success<T> = { readonly ok: true; readonly value: T };
export type Failure = { readonly ok: false; readonly issues: readonly Issue[] };
/** What every data function returns: bad data is a value, never an exception. */
export type Result<T> = Success<T> | Failure;

/**
 * What `parseResponse` returns. `issues` says what is wrong with an argument,
 * or why an answer that looks like a success is none; it is empty for an error
 * answer of the service. `error` is there unless an argument is at fault.
 */
export type ResponseResult = Success<User & { sid: string }> | (Failure & { readonly error?: APIError });

/** Headers, or an object with names in any case, as Node.js has them. */
export type ResponseHeaders = { get(name: string): string | null } | { readonly [name: string]: unknown };

/** Own words for each code: a text, or a function of the issue. Where they are "" or no text, the usual ones stand; what a function throws reaches the caller. */
export type Catalogue = Record<IssueCode | AdviceCode, string | ((issue: Issue<IssueCode | AdviceCode>) => string)>;
/** Own words for some codes. */
export type Messages = Partial<Catalogue>;

// ---------------------------------------------------------------- what a platform has

// The parts of a platform's objects that this package uses, so that it needs
// no types of a browser's.

/** A URL, for one. */
export interface HasHref {
  readonly href: string;
}

/** A Response of fetch. */
export interface ResponseLike {
  readonly status: number;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A WebAssembly.Module, whose own type has no members. */
export type WasmModule = object;

/** An AbortSignal. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** FormData, or URLSearchParams. */
export interface FormLike {
  getAll(name: string): unknown[];
}

/** A Blob, such as a File. */
export interface BlobLike {
  readonly size: number;
  readonly type: string;
  slice(start?: number, end?: number): BlobLike;
}

/** A ReadableStream. */
export interface StreamLike<Chunk> {
  getReader(): { read(): Promise<{ done: boolean; value?: Chunk | undefined }>; cancel(reason?: unknown): Promise<void> };
}

// ---------------------------------------------------------------- options

/** What `validateRequest` is to pass over. */
export interface RequestOptions {
  /** "strip" leaves members that are not known out of the check and of the value. Default "error". */
  unknown?: "error" | "strip";
  /** Reads "" of FriendlyName, Attributes and RoleSid as absent, as a form has it that was not filled in. Default false. */
  emptyAsAbsent?: boolean;
}

export interface ParseOptions {
  /** Skip names that are not known instead of refusing them. Default false. */
  allowUnknown?: boolean;
  /** Check the values as well, as validateRequest does. Default false. */
  validate?: boolean;
}

export interface EncodeOptions {
  /** Also escape <, >, &, U+2028 and U+2029. Default false. */
  htmlSafe?: boolean;
}

export interface ManyOptions {
  /**
   * What a row is: a request object, a form body, or one line of NDJSON, of
   * which those that hold nothing but white space are skipped. Default
   * "object", but for a Blob or a stream, which have to say it.
   */
  format?: "object" | "form" | "ndjson";
  /** Called at most once a turn, and at the end. Done are the rows that were checked. */
  onProgress?: (progress: { readonly done: number; readonly failed: number }) => void;
  /** Ends the loop: it throws the signal's reason. */
  signal?: AbortSignalLike;
}

/** A row that failed; `index` counts from 0, and lines that were skipped too, so that of NDJSON index + 1 is the line. */
export interface RowFailure {
  readonly index: number;
  readonly issues: readonly Issue[];
}

/** Rows, or for "ndjson" also the whole text, a Blob (such as a File) or a stream of bytes or text, be it the web's or that of Node.js. */
export type Rows<Row> = Iterable<Row> | AsyncIterable<Row>;
/** The chunks of a stream are rows only where `format` says so. */
export interface NoStream {
  getReader?: never;
}
export type NDJSON = Rows<string | Uint8Array> | string | BlobLike | StreamLike<Uint8Array | string>;

/** Text, or its bytes; bytes that are not UTF-8 are an issue, which a text can no longer show. */
export type Text = string | Uint8Array;

export interface CodecOptions {
  /** Largest input in bytes, 1 to 16 MiB. Default 1 MiB. */
  maxBytes?: number;
}

export interface LoadOptions extends CodecOptions {
  /** The module or where it is. Default: convuser.wasm beside this module. */
  source?: string | HasHref | ResponseLike | PromiseLike<ResponseLike> | ArrayBuffer | ArrayBufferView | WasmModule;
  /** "sha384-…" as in convuser.wasm.json; the bytes must match. */
  integrity?: string;
  /** Ends the loading: the promise rejects with the signal's reason. */
  signal?: AbortSignalLike;
}

// ---------------------------------------------------------------- codec

/**
 * The loaded rules. Every data function is synchronous, returns a
 * {@link Result}, reads each own member of its input once, and does not keep it.
 * Its functions need no this: `const { validateRequest } = codec`.
 */
export interface Codec {
  /** Checks a request. The value is a snapshot of it. */
  validateRequest(request: unknown, options?: RequestOptions): Result<CreateRequest>;
  /** Checks one field; undefined is absent. */
  validateField<F extends RequestField>(field: F, value: unknown): Result<CreateRequest[F]>;
  /** What is valid in a request, but may cause problems. Fails only where the request cannot be read. */
  adviseRequest(request: unknown): Result<readonly Advice[]>;
  /** Checks a request and writes it as application/x-www-form-urlencoded. Data of any type goes as `encodeForm<unknown>(data)`. */
  encodeForm<Input = CreateRequest>(request: NoInfer<Input>): Result<EncodedForm>;
  /** Reads a form. */
  parseForm(body: Text, options: ParseOptions & { validate: true }): Result<Omit<CreateRequest, "WebhookEnabled">>;
  parseForm(body: Text, options?: ParseOptions): Result<ParsedRequest>;
  /** Reads many forms, each as parseForm does, in half the time of as many calls. Throws OPTIONS where bodies are not iterable. */
  parseForms(bodies: Iterable<Text>, options: ParseOptions & { validate: true }): Result<Omit<CreateRequest, "WebhookEnabled">>[];
  parseForms(bodies: Iterable<Text>, options?: ParseOptions): Result<ParsedRequest>[];
  /** Checks a request and writes it as JSON. WebhookEnabled is a header and no part of it. */
  encodeRequest<Input = CreateRequest>(request: NoInfer<Input>, options?: EncodeOptions): Result<string>;
  /** Reads a request from JSON. */
  parseRequest(body: Text, options: ParseOptions & { validate: true }): Result<Omit<CreateRequest, "WebhookEnabled">>;
  parseRequest(body: Text, options?: ParseOptions): Result<ParsedRequest>;
  /** Writes a user as JSON, unknown members last. */
  encodeUser<Input = User>(user: NoInfer<Input>, options?: EncodeOptions): Result<string>;
  /**
   * Reads a whole answer. It is ok for a 201 whose body is a user with a valid
   * sid, and for no other answer: after any other one a user may exist or not,
   * see `error.class`. Retry-After is read from headers. That a redirect was
   * followed does not show here: call fetch with `redirect: "error"`.
   */
  parseResponse(status: number, contentType: string | null, body: Text, headers?: ResponseHeaders): ResponseResult;
  /** Reads a user, such as the body of a 201; nothing in it is lost. */
  parseUser(body: Text): Result<User>;
  /** Checks every member of a user that has a value. The value is a snapshot. */
  validateUser(user: unknown): Result<User>;
  /** Reads the body of an error answer, whatever its status. Bytes that are not UTF-8 become U+FFFD here. */
  parseError(status: number, contentType: string | null, body: Text): Result<APIError>;
  /** `^` + prefix + `[0-9a-fA-F]{32}$` */
  validateSid(prefix: "AC" | "IS" | "RL" | "US", value: unknown): Result<string>;
  /** One JSON object. */
  validateAttributes(value: unknown): Result<string>;
  /** Checks rows and yields the failures only; gives the event loop a turn every 8 ms. */
  validateMany(rows: Rows<unknown> & NoStream, options?: ManyOptions & { format?: "object" }): AsyncGenerator<RowFailure, void, void>;
  validateMany(rows: Rows<unknown>, options: ManyOptions & { format: "object" }): AsyncGenerator<RowFailure, void, void>;
  validateMany(rows: Rows<Text>, options: ManyOptions & { format: "form" }): AsyncGenerator<RowFailure, void, void>;
  validateMany(rows: NDJSON, options: ManyOptions & { format: "ndjson" }): AsyncGenerator<RowFailure, void, void>;
  /** The request as Standard Schema v1, always synchronous, and as Standard JSON Schema. */
  readonly schema: RequestSchema;
  /** The same rules with other words, beside those that this codec has already. Throws OPTIONS for a code that there is not. */
  with(options: { messages: Messages }): Codec;
  /** The version of this package. */
  readonly version: string;
  /** The Go release that built the module, such as "go1.26.8". */
  readonly goVersion: string;
  /** "crashed" until the next call, which starts anew. */
  readonly state: "ready" | "crashed" | "disposed";
}

/** A codec of one's own. */
export interface OwnCodec extends Codec {
  /** Frees it; later calls throw DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Loads the one shared codec; later calls give the same. A failed load can be tried again. */
export function init(options?: LoadOptions): Promise<Codec>;
/** Starts what init does, for later. It throws for wrong options, and never rejects: init says why a load failed, and tries again. */
export function preload(options?: LoadOptions): Promise<void>;
/** The shared codec at once; throws NOT_READY until init has loaded it. */
export function getCodec(): Codec;
/** Loads a codec of one's own. */
export function create(options?: LoadOptions): Promise<OwnCodec>;
/** Makes a codec of one's own from what is there already. */
export function initSync(source: ArrayBuffer | ArrayBufferView | WasmModule, options?: CodecOptions): OwnCodec;

/**
 * Reads the known names of a form's data: empty optional fields are dropped
 * unless keepEmpty is set; a File or a repeated name is an issue;
 * WebhookEnabled is "true" or "false".
 */
export function fromFormData(form: FormLike, options?: { keepEmpty?: boolean }): Result<Partial<CreateRequest>>;

/**
 * Focuses an input or a textarea, with the caret where the issue is. An element
 * that has no caret, such as a select, is focused only.
 */
export function setCaret(
  element: { focus(): void; selectionStart?: number | null; setSelectionRange?(start: number, end: number): void },
  issue: Place,
): void;

/** Why the rules are not there: */
export type WasmErrorCode =
  | "HTTP" // another status than 200, or no connection; has url
  | "FILE" // a file: URL that cannot be read; has url
  | "MIME" // not served as application/wasm, and not WebAssembly either; has url and type
  | "NOT_WASM" // other bytes, such as a page of HTML
  | "CSP" // the page's policy forbids WebAssembly: script-src 'wasm-unsafe-eval'
  | "INTEGRITY" // other bytes than integrity says
  | "ABI" // a module of another version
  | "WORKER" // the worker could not be started, such as by a policy or Trusted Types
  | "OPTIONS" // options that are wrong, or others than those of the first init
  | "NOT_READY" // getCodec before the rules are loaded
  | "CRASHED" // this call failed in the program; the next one starts it anew
  | "DISPOSED"; // a call after dispose

/** The only kind of error that this package throws by itself. */
export class WasmError extends Error {
  readonly name: "WasmError";
  readonly code: WasmErrorCode;
  /** Where the module was asked for. */
  readonly url?: string;
  /** The Content-Type of the answer; "" for none. */
  readonly type?: string;
  /** The message begins with the code. */
  constructor(code: WasmErrorCode, message: string, options?: { cause?: unknown; url?: string; type?: string });
}

/** The version of this package. */
export const version: string;

// ---------------------------------------------------------------- schema

/**
 * Standard Schema v1 (standardschema.dev), and its JSON Schema extension. Form
 * libraries show no more than the message of an issue, so it has line and
 * column at its end, unless a function of `messages` made it.
 */
export interface Schema<T, R = StandardResult<T>> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "convuser";
    readonly types?: { readonly input: T; readonly output: T };
    readonly validate: (value: unknown) => R;
    readonly jsonSchema: {
      /** Throws for another target. */
      readonly input: (options: { readonly target: "draft-2020-12" | "draft-07" | (string & {}) }) => Record<string, unknown>;
      readonly output: (options: { readonly target: "draft-2020-12" | "draft-07" | (string & {}) }) => Record<string, unknown>;
    };
  };
}

export type RequestSchema<R = StandardResult> = Schema<CreateRequest, R>;

export type StandardResult<T = CreateRequest> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };
