/// <reference lib="esnext.disposable" />
/**
 * Validation and serialization of Twilio Conversations Create User,
 * POST /v1/Users, with the rules of the Go module
 * github.com/convuser/convuser, compiled to WebAssembly.
 *
 * Importing this module loads nothing; {@link init} loads the WebAssembly.
 */

// ---------------------------------------------------------------- values

/** A request, with the names of the wire. A member that is undefined is absent; null is an error. */
export interface CreateRequest {
  /** Uniquely identifies the user in its Conversation Service; case-sensitive. */
  Identity: string;
  /** Describes the user. */
  FriendlyName?: string | undefined;
  /** The JSON text of one object; pass an object as JSON.stringify(object). */
  Attributes?: string | undefined;
  /** `^RL[0-9a-fA-F]{32}$` */
  RoleSid?: string | undefined;
  /** The header X-Twilio-Webhook-Enabled, which is not part of a body. */
  WebhookEnabled?: boolean | undefined;
}

/** A field of {@link CreateRequest}. */
export type RequestField = keyof CreateRequest;

/** A request that was parsed from a body. Every member is optional, since parsing does not validate. */
export type ParsedRequest = Omit<Partial<CreateRequest>, "WebhookEnabled">;

/** Members that this version does not know: name → JSON text, verbatim. The prototype is null. */
export type Unknown = Record<string, string>;

/** The links of a {@link User}. */
export interface Links {
  user_conversations?: string | null;
  unknown?: Unknown;
}

/**
 * The body of a 201. Any member may be null or absent. Of a name that occurs
 * twice among unknown members, the last value is kept, as by JSON.parse.
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

/** A response that does not report a created user. Its strings come from the server: show them as text, never as markup. */
export interface APIError {
  status: number;
  /** The service's own code, such as 50201; 0 if it had none. */
  code: number;
  message: string;
  moreInfo: string;
  detail: string;
  instance: string;
  /** JSON text of `details`, `params` or `errors`, verbatim; "" for none. */
  extra: string;
  /** Whether the service blames the caller; undefined if it does not say. */
  userError?: boolean | null;
  contentType: string;
  body: string;
  /** Why a response with a status below 400 is not a success; "" for an error response. */
  reason: "" | "redirected" | "not_created" | "no_user";
  /** Seconds to wait before the next try, from Retry-After, at most 2^30; 0 without this header. */
  retryAfter: number;
  /** What a caller can do about it. */
  class: "other" | "already_exists" | "invalid" | "refused" | "rate_limited" | "ambiguous";
}

/** What `encodeForm` returns. Pass both to fetch; your server adds the credentials. */
export interface EncodedForm {
  body: string;
  /** Content-Type, and X-Twilio-Webhook-Enabled where WebhookEnabled is set. */
  headers: Record<string, string>;
}

// ---------------------------------------------------------------- issues

/** The rule that was violated; stable. The last three are this package's own. */
export type IssueCode =
  | "required" | "null" | "length" | "prefix" | "hex" | "json" | "object" | "boolean" | "datetime" | "uri"
  | "type" | "repeated" | "unknown" | "utf8" | "surrogate" | "depth" | "percent" | "semicolon" | "too_large"
  | "redirected" | "not_created" | "no_user" | "unreadable" | "file" | "status";

/** What advice is about; stable. */
export type AdviceCode =
  | "long" | "reserved" | "sid_shaped" | "character" | "control" | "bidi"
  | "repeated_name" | "big_integer" | "overflow" | "escape"
  | "space" | "invisible" | "replacement" | "mojibake" | "not_nfc" | "mixed_script" | "path" | "placeholder";

/** The probable mistake behind an issue, recognized from the text around its place; stable. */
export type Hint =
  | "single_quotes" | "smart_quotes" | "unquoted_name" | "trailing_comma" | "comment" | "python_literal" | "js_literal"
  | "escaped_json" | "doubled_quotes" | "string_of_json" | "percent_encoded" | "html_escaped" | "object_tostring"
  | "array_for_object" | "cut_off" | "not_json_space" | "single_value" | "not_stringified"
  | "json_body" | "header_in_form" | "nested_form" | "latin1" | "sid_case" | "sid_space" | "sid_kind";

/** A position. All four numbers are -1 if there is none. */
export interface Place {
  /** Bytes of UTF-8 from 0, within `source`. */
  readonly offset: number;
  /** UTF-16 code units from 0, as selectionStart counts. */
  readonly index: number;
  /** Lines from 1; a line ends with "\n". */
  readonly line: number;
  /** UTF-16 code units from 1, within the line. */
  readonly column: number;
  /** What the position refers to: the value of the field, or the body that was parsed. */
  readonly source: "value" | "body";
}

/** Details of an issue for programs. They never contain any part of the input. */
export interface IssueParams {
  /**
   * What the rule requires: a word, which is stable, or a number. By code:
   * json, a {@link JSONExpected}; datetime, year, month, day, hour, minute,
   * second, leap_second, dash, colon, t, digit, zone or end; uri, scheme,
   * character, host_end, hex_digits, ipv6, version, address or bracket; type,
   * string, boolean, number or object; prefix, the prefix, such as RL, or
   * known_prefix; length and too_large, the number of bytes.
   */
  expected?: JSONExpected | (string & {}) | number;
  /** For the code unknown: the known name that was probably meant. */
  nearest?: keyof ParsedRequest;
  /** For the code unknown, in an object: Object.keys(object)[index] is the name. */
  index?: number;
  /** With the hint sid_kind: the resource whose SID was given, such as "Account". */
  found?: string;
}

/** What the grammar of JSON requires; end: there is text after the end. */
export type JSONExpected =
  | "value" | "name" | "name_or_end" | "colon" | "comma_or_brace" | "comma_or_bracket" | "quote" | "escape" | "hex_digits"
  | "digit" | "literal" | "end" | "no_byte_order_mark" | "no_control_character";

/** One violation of a rule. It never contains any part of the input. */
export interface Issue<Code extends string = IssueCode> extends Place {
  /** One line without the place, such as "want a hex digit"; with a hint, its sentence as well. */
  readonly message: string;
  /** [] for the whole input, ["Attributes"], ["links", "user_conversations"]. */
  readonly path: readonly string[];
  readonly code: Code;
  readonly params: Readonly<IssueParams>;
  /** Absent if no mistake is recognized. */
  readonly hint?: Hint;
}

/** A remark on something valid that may cause problems, such as a reserved identity or an integer that JavaScript rounds. */
export interface Advice extends Issue<AdviceCode> {
  /** The code that the service is known to answer with, such as 50207; 0 if none is known. */
  readonly server: number;
  /** How this is known: "documented", "seen", "inferred", or a standard. */
  readonly basis: string;
}

export type Success<T> = { readonly ok: true; readonly value: T };
export type Failure = { readonly ok: false; readonly issues: readonly Issue[] };
/** What every data function returns: invalid data never throws. */
export type Result<T> = Success<T> | Failure;

/**
 * What `parseResponse` returns. `issues` says which argument is not valid, or why
 * a response that looks like a success is not one; it is empty for an error
 * response. `error` is absent only if an argument is not valid.
 */
export type ResponseResult = Success<User & { sid: string }> | (Failure & { readonly error?: APIError });

/** Headers, or an object with names in any case, as in Node.js. */
export type ResponseHeaders = { get(name: string): string | null } | { readonly [name: string]: unknown };

/**
 * A message for each code: a string, or a function of the issue. An empty
 * string, or another type, leaves the usual message. What a function throws
 * reaches the caller.
 */
export type Catalogue = Record<IssueCode | AdviceCode, string | ((issue: Issue<IssueCode | AdviceCode>) => string)>;
/** Messages for some codes. */
export type Messages = Partial<Catalogue>;

// ---------------------------------------------------------------- platform

// What this package uses of a platform's objects, so that it needs no types of
// a browser.

/** Such as a URL. */
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

export interface RequestOptions {
  /** "strip" ignores unknown members and leaves them out of the value. Default "error". */
  unknown?: "error" | "strip";
  /** Treats "" in FriendlyName, Attributes and RoleSid as absent, for empty fields of a form. Default false. */
  emptyAsAbsent?: boolean;
}

export interface ParseOptions {
  /** Ignore unknown names instead of rejecting them. Default false. */
  allowUnknown?: boolean;
  /** Validate the values too, as validateRequest does. Default false. */
  validate?: boolean;
}

export interface EncodeOptions {
  /** Also escape <, >, &, U+2028 and U+2029. Default false. */
  htmlSafe?: boolean;
}

export interface ManyOptions {
  /**
   * What a row is: a request object, a form body, or a line of NDJSON; blank
   * lines are skipped. Default "object"; required for a Blob or a stream.
   */
  format?: "object" | "form" | "ndjson";
  /** Called at most every 8 ms, and at the end, with the number of rows that were validated. */
  onProgress?: (progress: { readonly done: number; readonly failed: number }) => void;
  /** Ends the loop, which throws the signal's reason. */
  signal?: AbortSignalLike;
}

/** An invalid row. `index` counts from 0 and includes skipped lines: in NDJSON, index + 1 is the line. */
export interface RowFailure {
  readonly index: number;
  readonly issues: readonly Issue[];
}

export type Rows<Row> = Iterable<Row> | AsyncIterable<Row>;
/** Excludes streams, whose chunks are rows only if `format` says so. */
export interface NoStream {
  getReader?: never;
}
/** Lines, a whole text, a Blob (such as a File), or a stream of bytes or text, of the web or of Node.js. */
export type NDJSON = Rows<string | Uint8Array> | string | BlobLike | StreamLike<Uint8Array | string>;

/** Text or its bytes. In bytes, invalid UTF-8 is an issue; decoded before, it would be lost. */
export type Text = string | Uint8Array;

export interface CodecOptions {
  /** Largest input in bytes, 1 to 16 MiB. Default 1 MiB. */
  maxBytes?: number;
}

export interface LoadOptions extends CodecOptions {
  /** The module or its location. Default: convuser.wasm beside this module. */
  source?: string | HasHref | ResponseLike | PromiseLike<ResponseLike> | ArrayBuffer | ArrayBufferView | WasmModule;
  /** The digest that the bytes must match, "sha384-…" as in convuser.wasm.json. */
  integrity?: string;
  /** Ends the loading; the promise rejects with the signal's reason. */
  signal?: AbortSignalLike;
}

// ---------------------------------------------------------------- codec

/**
 * Validates, writes and reads. Every data function is synchronous, returns a
 * {@link Result}, reads each own member of its input once, and does not keep it.
 * The functions are bound: `const { validateRequest } = codec` works.
 */
export interface Codec {
  /** Validates a request. The value is a copy. */
  validateRequest(request: unknown, options?: RequestOptions): Result<CreateRequest>;
  /** Validates one field; undefined is absent. */
  validateField<F extends RequestField>(field: F, value: unknown): Result<CreateRequest[F]>;
  /** Returns advice on what is valid in a request but may cause problems. Fails only if the request cannot be read. */
  adviseRequest(request: unknown): Result<readonly Advice[]>;
  /** Validates a request and writes it as application/x-www-form-urlencoded. For data of any type, call `encodeForm<unknown>(data)`. */
  encodeForm<Input = CreateRequest>(request: NoInfer<Input>): Result<EncodedForm>;
  /** Parses a form. */
  parseForm(body: Text, options: ParseOptions & { validate: true }): Result<Omit<CreateRequest, "WebhookEnabled">>;
  parseForm(body: Text, options?: ParseOptions): Result<ParsedRequest>;
  /** Parses many forms as parseForm does, in half the time. Throws OPTIONS if bodies is not iterable. */
  parseForms(bodies: Iterable<Text>, options: ParseOptions & { validate: true }): Result<Omit<CreateRequest, "WebhookEnabled">>[];
  parseForms(bodies: Iterable<Text>, options?: ParseOptions): Result<ParsedRequest>[];
  /** Validates a request and writes it as JSON, without WebhookEnabled, which is a header. */
  encodeRequest<Input = CreateRequest>(request: NoInfer<Input>, options?: EncodeOptions): Result<string>;
  /** Parses a request in JSON. */
  parseRequest(body: Text, options: ParseOptions & { validate: true }): Result<Omit<CreateRequest, "WebhookEnabled">>;
  parseRequest(body: Text, options?: ParseOptions): Result<ParsedRequest>;
  /** Writes a user as JSON, unknown members last. Types are checked, values are not: see validateUser. */
  encodeUser<Input = User>(user: NoInfer<Input>, options?: EncodeOptions): Result<string>;
  /**
   * Parses a whole response. It is ok only for a 201 whose body is a user with a
   * valid sid; after any other response a user may or may not exist, see
   * `error.class`. Retry-After is read from headers.
   *
   * Call fetch with `redirect: "error"`: a 301, 302 or 303 would turn the POST
   * into a GET, which creates nothing, and a 307 or 308 would send personal data
   * to another host.
   */
  parseResponse(status: number, contentType: string | null, body: Text, headers?: ResponseHeaders): ResponseResult;
  /** Parses a user, such as the body of a 201, without loss. */
  parseUser(body: Text): Result<User>;
  /** Validates every member of a user that has a value. The value is a copy. */
  validateUser(user: unknown): Result<User>;
  /** Parses the body of an error response, whatever its status. Invalid UTF-8 becomes U+FFFD. */
  parseError(status: number, contentType: string | null, body: Text): Result<APIError>;
  /** `^` + prefix + `[0-9a-fA-F]{32}$` */
  validateSid(prefix: "AC" | "IS" | "RL" | "US", value: unknown): Result<string>;
  /** The text of one JSON object. */
  validateAttributes(value: unknown): Result<string>;
  /** Validates rows and yields the invalid ones; lets other tasks run every 8 ms. */
  validateMany(rows: Rows<unknown> & NoStream, options?: ManyOptions & { format?: "object" }): AsyncGenerator<RowFailure, void, void>;
  validateMany(rows: Rows<unknown>, options: ManyOptions & { format: "object" }): AsyncGenerator<RowFailure, void, void>;
  validateMany(rows: Rows<Text>, options: ManyOptions & { format: "form" }): AsyncGenerator<RowFailure, void, void>;
  validateMany(rows: NDJSON, options: ManyOptions & { format: "ndjson" }): AsyncGenerator<RowFailure, void, void>;
  /** The request as Standard Schema v1, always synchronous, and Standard JSON Schema. */
  readonly schema: RequestSchema;
  /** Returns a codec that has these messages in addition to its own. Throws OPTIONS for an unknown code. */
  with(options: { messages: Messages }): Codec;
  /** The version of this package. */
  readonly version: string;
  /** The Go release that built the module, such as "go1.26.8". */
  readonly goVersion: string;
  /** "crashed" until the next call, which restarts the module. */
  readonly state: "ready" | "crashed" | "disposed";
}

/** A codec that is not shared. */
export interface OwnCodec extends Codec {
  /** Frees it; later calls throw DISPOSED. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Loads the shared codec; later calls return the same. A failed load can be retried. */
export function init(options?: LoadOptions): Promise<Codec>;
/** Starts loading what init returns. It throws for wrong options and never rejects: init reports a failed load, and retries it. */
export function preload(options?: LoadOptions): Promise<void>;
/** Returns the shared codec without waiting; throws NOT_READY until init has loaded it. */
export function getCodec(): Codec;
/** Loads a codec that is not shared. */
export function create(options?: LoadOptions): Promise<OwnCodec>;
/** Makes a codec that is not shared from bytes or a module, without waiting. */
export function initSync(source: ArrayBuffer | ArrayBufferView | WasmModule, options?: CodecOptions): OwnCodec;

/**
 * Reads the known names of a form's data. Empty optional fields are dropped
 * unless keepEmpty is set. A File or a repeated name is an issue. WebhookEnabled
 * is "true" or "false", such as a checkbox with value="true".
 */
export function fromFormData(form: FormLike, options?: { keepEmpty?: boolean }): Result<Partial<CreateRequest>>;

/**
 * Focuses an input or a textarea and puts the caret at the issue. An element
 * without a caret, such as a select, is only focused.
 */
export function setCaret(
  element: { focus(): void; selectionStart?: number | null; setSelectionRange?(start: number, end: number): void },
  issue: Place,
): void;

/** Why something was thrown: */
export type WasmErrorCode =
  | "HTTP" // a status other than 200, or a failed connection; has url
  | "FILE" // a file: URL that cannot be read; has url
  | "MIME" // neither served as application/wasm nor WebAssembly; has url and type
  | "NOT_WASM" // not WebAssembly, such as a page of HTML
  | "CSP" // the Content-Security-Policy lacks script-src 'wasm-unsafe-eval'
  | "INTEGRITY" // the bytes do not match integrity
  | "ABI" // a module of another version
  | "WORKER" // the worker did not start, for example because of a policy or Trusted Types
  | "OPTIONS" // wrong options, or other options than those of the first init
  | "NOT_READY" // getCodec before init has loaded the codec
  | "CRASHED" // the module failed during this call; the next one restarts it, up to three times a minute
  | "DISPOSED"; // a call after dispose

/** The only error that this package throws of its own; a signal's reason is thrown as it is. */
export class WasmError extends Error {
  readonly name: "WasmError";
  readonly code: WasmErrorCode;
  /** The URL of the module. */
  readonly url?: string;
  /** The Content-Type of the response; "" for none. */
  readonly type?: string;
  /** The message begins with the code. */
  constructor(code: WasmErrorCode, message: string, options?: { cause?: unknown; url?: string; type?: string });
}

/** The version of this package. */
export const version: string;

// ---------------------------------------------------------------- schema

/**
 * Standard Schema v1 (standardschema.dev) and its JSON Schema extension. Form
 * libraries show only the message of an issue, so it ends with ", line 1, column
 * 19" if it has a place, a custom string with " (1:19)". A message that is a
 * function, as in `people`, is left as it is.
 */
export interface Schema<T, R = StandardResult<T>> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "convuser";
    readonly types?: { readonly input: T; readonly output: T };
    readonly validate: (value: unknown) => R;
    readonly jsonSchema: {
      /** Throws for any other target. */
      readonly input: (options: { readonly target: "draft-2020-12" | "draft-07" | (string & {}) }) => Record<string, unknown>;
      readonly output: (options: { readonly target: "draft-2020-12" | "draft-07" | (string & {}) }) => Record<string, unknown>;
    };
  };
}

export type RequestSchema<R = StandardResult> = Schema<CreateRequest, R>;

export type StandardResult<T = CreateRequest> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };
