// Uses every declaration. package.test.js compiles it; nothing runs it. A line
// below @ts-expect-error must not compile.
import {
  create,
  fromFormData,
  init,
  initSync,
  preload,
  setCaret,
  version,
  WasmError,
  type Advice,
  type AdviceCode,
  type APIError,
  type ResponseResult,
  type Codec,
  type CodecOptions,
  type CreateRequest,
  type EncodedForm,
  type EncodeOptions,
  type Failure,
  type Issue,
  type IssueCode,
  type Links,
  type LoadOptions,
  type ManyOptions,
  type Messages,
  type NDJSON,
  type OwnCodec,
  type ParsedRequest,
  type ParseOptions,
  type Place,
  type RequestField,
  type RequestOptions,
  type RequestSchema,
  type Result,
  type RowFailure,
  type Rows,
  type StandardResult,
  type Success,
  type Text,
  type Unknown,
  type User,
  type WasmErrorCode,
} from "convuser";
import * as sync from "convuser/sync";
import wasm from "convuser/convuser.wasm";
import { people, type Catalogue } from "convuser/messages";
import { createSchema, fieldSchema, schema, type SchemaOptions } from "convuser/schema";
import { openWorker, type WorkerCodec } from "convuser/worker";
import type { StandardJSONSchemaV1, StandardSchemaV1 } from "@standard-schema/spec";

/** Compiles only if both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>) => {};

export async function loading(bytes: ArrayBuffer, view: Uint8Array<ArrayBuffer>, module: WebAssembly.Module, response: Response, signal: AbortSignal) {
  const options: LoadOptions = { source: "/convuser.wasm", integrity: "sha384-x", signal, maxBytes: 1024 };
  const codec: Codec = await init(options);
  for (const source of [wasm, new URL("https://example.com"), response, Promise.resolve(response), bytes, view, module]) await init({ source });
  await (preload(options) satisfies Promise<void>);
  const own: OwnCodec = await create();
  own.dispose();
  own[Symbol.dispose]();
  const limits: CodecOptions = { maxBytes: 1 };
  initSync(bytes, limits).dispose();
  initSync(view);
  initSync(module);

  // @ts-expect-error not awaited
  init().validateRequest({});
  // @ts-expect-error the shared codec has no dispose
  codec.dispose();
  // @ts-expect-error no such option
  init({ url: "/convuser.wasm" });
  // @ts-expect-error null is not a source, although WebAssembly.Module, an empty interface, allows much else
  init({ source: null });
  // @ts-expect-error the source is required
  initSync();
  return codec;
}

export function requests(codec: Codec, request: CreateRequest) {
  const field: RequestField = "WebhookEnabled";
  const checked: Result<CreateRequest> = codec.validateRequest(request);
  same<typeof checked, Success<CreateRequest> | Failure>(true);
  if (checked.ok) {
    const identity: string = checked.value.Identity;
    // @ts-expect-error a success has no issues
    checked.issues;
    identity.length;
  } else {
    const issues: readonly Issue[] = checked.issues;
    // @ts-expect-error a failure has no value
    checked.value;
    issues.map(issue);
  }

  same<ReturnType<typeof codec.encodeForm>, Result<EncodedForm>>(true);
  const one = codec.validateField("Identity", "admin");
  same<typeof one, Result<string>>(true);
  const webhook = codec.validateField(field, true);
  same<typeof webhook, Result<boolean | undefined>>(true);
  // @ts-expect-error no such field
  codec.validateField("identity", "admin");

  const json: EncodeOptions = { htmlSafe: true };
  same<Result<string>, ReturnType<typeof codec.encodeRequest>>(true);
  codec.encodeRequest(request, json);
  codec.encodeForm<unknown>(field);
  // @ts-expect-error a misspelt member
  codec.encodeForm({ Identity: "admin", RoleSID: "" });
  // @ts-expect-error a missing member
  codec.encodeRequest({ FriendlyName: "name" });
  // @ts-expect-error data of any type needs encodeForm<unknown>
  codec.encodeForm(JSON.parse("{}") as unknown);
  // @ts-expect-error a user's members have other names
  codec.encodeUser({ Identity: "admin" });
  // @ts-expect-error parsing has other options than writing
  codec.encodeRequest(request, { allowUnknown: true });
  // @ts-expect-error Identity is missing
  const missing: CreateRequest = { FriendlyName: "name" };
  // @ts-expect-error Attributes is a string
  const object: CreateRequest = { Identity: "admin", Attributes: {} };
  return [missing, object];
}

export function parsing(codec: Codec, bytes: Uint8Array) {
  const text: Text = bytes;
  const options: ParseOptions = { allowUnknown: true };
  const loose: Result<ParsedRequest> = codec.parseForm(text, options);
  const strict = codec.parseForm(text, { validate: true });
  const many: (typeof strict)[] = codec.parseForms([text], { validate: true });
  const looseMany: Result<ParsedRequest>[] = codec.parseForms(new Set([text]));
  same<typeof strict, Result<Omit<CreateRequest, "WebhookEnabled">>>(true);
  const looseJSON: Result<ParsedRequest> = codec.parseRequest("{}");
  const strictJSON = codec.parseRequest("{}", { validate: true, allowUnknown: false });
  same<typeof strictJSON, typeof strict>(true);
  if (loose.ok) {
    // @ts-expect-error optional in a parsed request
    const identity: string = loose.value.Identity;
    // @ts-expect-error not part of a body
    loose.value.WebhookEnabled;
    return [identity, looseJSON];
  }
  // @ts-expect-error a body is a string or bytes
  codec.parseForm(new URLSearchParams());
  return [];
}

export function users(codec: Codec, user: User) {
  same<ReturnType<typeof codec.parseUser>, Result<User>>(true);
  same<ReturnType<typeof codec.validateUser>, Result<User>>(true);
  same<ReturnType<typeof codec.encodeUser>, Result<string>>(true);
  codec.encodeUser(user, { htmlSafe: true });
  const links: Links | null | undefined = user.links;
  const unknown: Unknown | undefined = links?.unknown ?? user.unknown;
  const online: boolean | null | undefined = user.is_online;
  // @ts-expect-error any member may be null
  user.identity.length;
  // @ts-expect-error no such member
  user.phone;
  return [unknown?.["new"]?.length, online];
}

export function errors(codec: Codec, body: Text) {
  const parsed: Result<APIError> = codec.parseError(409, "application/json", body);
  if (!parsed.ok) return [];
  const { status, code, message, moreInfo, detail, instance, extra, userError, contentType } = parsed.value;
  same<typeof userError, boolean | null | undefined>(true);
  if (parsed.value.class === "already_exists") return [status, code, message, moreInfo];
  // @ts-expect-error no such class
  if (parsed.value.class === "exists") return [];
  // @ts-expect-error the status is a number
  codec.parseError("409", "application/json", body);
  return [detail, instance, extra, contentType, parsed.value.body];
}

export async function answers(codec: Codec, response: Response) {
  const { status, headers } = response;
  const result: ResponseResult = codec.parseResponse(status, headers.get("Content-Type") ?? "", await response.text(), headers);
  if (result.ok) return same<typeof result.value.sid, string>(true);
  same<typeof result.error, APIError | undefined>(true);
  same<APIError["reason"], "" | "redirected" | "not_created" | "no_user">(true);
  // @ts-expect-error undefined if an argument is not valid
  result.error.status;
  codec.parseResponse(201, "", "", { "retry-after": "7", "set-cookie": ["a"] });
  // @ts-expect-error headers is an object
  codec.parseResponse(201, "", "", "Retry-After: 7");
  return [result.error?.retryAfter, result.issues.map(({ code }) => code)];
}

export function values(codec: Codec) {
  const sid: Result<string> = codec.validateSid("RL", "RL0");
  const attributes: Result<string> = codec.validateAttributes("{}");
  // @ts-expect-error no such prefix
  codec.validateSid("CH", "CH0");
  const about: string[] = [codec.version, codec.goVersion, version];
  same<typeof codec.state, "ready" | "crashed" | "disposed">(true);
  // @ts-expect-error state is read-only
  codec.state = "ready";
  return [sid, attributes, about];
}

export function issue(found: Issue): string {
  const place: Place = found;
  same<typeof found.code, IssueCode>(true);
  same<typeof found.source, "value" | "body">(true);
  const expected: string | number | undefined = found.params.expected;
  const name: "Identity" | "FriendlyName" | "Attributes" | "RoleSid" | undefined = found.params.nearest;
  const index: number | undefined = found.params.index;
  // @ts-expect-error no such parameter
  found.params.want;
  // @ts-expect-error no such code
  if (found.code === "missing") return "";
  // @ts-expect-error an issue is read-only
  found.message = "";
  // @ts-expect-error and so is its path
  found.path.push("Identity");
  return `${found.path.join(".")} ${place.offset} ${place.index} ${place.line} ${place.column} ${expected} ${name} ${index} ${found.message}`;
}

export function advice(codec: Codec, request: CreateRequest) {
  const advised: Result<readonly Advice[]> = codec.adviseRequest(request);
  if (!advised.ok) return [];
  same<(typeof advised.value)[number]["code"], AdviceCode>(true);
  return advised.value.map(({ server, basis, message }) => `${server.toFixed()} ${basis} ${message}`);
}

export function words(codec: Codec) {
  const messages: Messages = { required: "fehlt", length: ({ params }) => `${params.expected} Zeichen`, bidi: "Schreibrichtung" };
  // @ts-expect-error no such code
  codec.with({ messages: { missing: "fehlt" } });
  const all: Catalogue = { ...people, json: ({ line }) => `Zeile ${line}` };
  // @ts-expect-error a catalogue has every code
  const some = messages satisfies Catalogue;
  // @ts-expect-error and no other code
  const more = { ...people, missing: "fehlt" } satisfies Catalogue;
  return [codec.with({ messages: people }) satisfies Codec, codec.with({ messages }).with({ messages: all }), some, more];
}

export async function many(codec: Codec, rows: Rows<unknown>, lines: NDJSON, file: Blob, stream: ReadableStream<Uint8Array>, signal: AbortSignal) {
  const options: ManyOptions = { signal, onProgress: ({ done, failed }) => done + failed };
  const failures: RowFailure[] = [];
  for await (const failure of codec.validateMany(rows)) failures.push(failure);
  for await (const { index, issues } of codec.validateMany([{ Identity: "admin" }], { ...options, format: "object" })) failures.push({ index, issues });
  for await (const failure of codec.validateMany(["Identity=admin"], { format: "form" })) failures.push(failure);
  for (const ndjson of [lines, file, stream, "{}\n"]) {
    for await (const failure of codec.validateMany(ndjson, { format: "ndjson" })) failures.push(failure);
  }
  codec.validateMany(stream, { format: "object" });
  // @ts-expect-error a stream needs a format
  codec.validateMany(stream);
  // @ts-expect-error and so does a file
  codec.validateMany(file);
  // @ts-expect-error a file is read as NDJSON only
  codec.validateMany(file, { format: "form" });
  // @ts-expect-error no such format
  codec.validateMany([], { format: "csv" });
  return failures;
}

export async function inWorker(file: Blob) {
  const worker: WorkerCodec = await openWorker({ source: "/convuser.wasm" });
  for await (const { index } of worker.validateMany(file, { format: "ndjson" })) index.toFixed();
  for await (const { issues } of worker.validateMany([{}])) issues.map(issue);
  for await (const { issues } of worker.validateMany([new Uint8Array()], { format: "form" })) issues.map(issue);
  worker.dispose();
  worker[Symbol.dispose]();
  // @ts-expect-error a worker has only validateMany
  worker.validateRequest({});
  return worker.goVersion;
}

export function caret(input: HTMLInputElement, textarea: HTMLTextAreaElement, select: HTMLSelectElement, found: Issue) {
  for (const element of [input, textarea, select]) setCaret(element, found);
  sync.setCaret(input, found);
  // @ts-expect-error an element has focus
  setCaret({}, found);
}

export function forms(form: FormData, parameters: URLSearchParams) {
  const read: Result<Partial<CreateRequest>> = fromFormData(form);
  fromFormData(parameters, { keepEmpty: true });
  // @ts-expect-error an object is not a form
  fromFormData({ Identity: "admin" });
  return read;
}

export function standard(codec: Codec) {
  const now: RequestSchema = codec.schema;
  const spec: StandardSchemaV1<CreateRequest, CreateRequest> = codec.schema;
  const early: StandardSchemaV1<CreateRequest, CreateRequest> = schema;
  const described: StandardJSONSchemaV1<CreateRequest, CreateRequest> = codec.schema;
  same<StandardSchemaV1.InferInput<typeof codec.schema>, CreateRequest>(true);
  same<StandardSchemaV1.InferOutput<typeof schema>, CreateRequest>(true);
  const result: StandardResult = now["~standard"].validate({});
  const later: StandardResult | Promise<StandardResult> = schema["~standard"].validate({});
  // @ts-expect-error it may be a promise
  const sooner: StandardResult = schema["~standard"].validate({});
  if (result.issues) return result.issues.map(issue);
  const options: SchemaOptions = { messages: people, unknown: "strip", emptyAsAbsent: true, source: "/convuser.wasm", maxBytes: 1 };
  const loose: StandardSchemaV1<CreateRequest, CreateRequest> = createSchema(options);
  const role: StandardSchemaV1<string | undefined, string | undefined> = fieldSchema("RoleSid", { emptyAsAbsent: true });
  const described2: StandardJSONSchemaV1<string, string> = fieldSchema("Identity");
  same<StandardSchemaV1.InferOutput<ReturnType<typeof fieldSchema<"WebhookEnabled">>>, boolean | undefined>(true);
  const sync2: StandardResult<string> = sync.fieldSchema("Identity", { messages: people })["~standard"].validate("a");
  const sync3: StandardResult = sync.createSchema({ unknown: "strip", maxBytes: 1 })["~standard"].validate({});
  // @ts-expect-error no such field
  fieldSchema("role_sid");
  // @ts-expect-error a field has no unknown members
  fieldSchema("RoleSid", { unknown: "strip" });
  // @ts-expect-error there is nothing to load
  sync.createSchema({ source: "/convuser.wasm" });
  const lenient: RequestOptions = { unknown: "strip" };
  codec.validateRequest({}, lenient);
  // @ts-expect-error unknown is "error" or "strip"
  codec.validateRequest({}, { unknown: "ignore" });
  const request: CreateRequest = result.value;
  const draft = now["~standard"].jsonSchema.input({ target: "draft-07" });
  return [spec, early, described, later, sooner, request, draft["$schema"], loose, role, described2, sync2, sync3];
}

export function thrown(error: unknown): WasmErrorCode | undefined {
  if (!(error instanceof WasmError)) return undefined;
  same<typeof error.name, "WasmError">(true);
  const plain: Error = new WasmError("HTTP", "404", { cause: error });
  // @ts-expect-error no such code
  new WasmError("GONE", "410");
  // @ts-expect-error no such code
  if (error.code === "GONE") return undefined;
  return plain === error ? undefined : error.code;
}

export function synchronous(): Codec {
  sync.create({ maxBytes: 1024 }).dispose();
  const result: StandardResult = sync.schema["~standard"].validate({});
  // @ts-expect-error there is nothing to load
  sync.init;
  return result.issues === undefined ? sync.getCodec() : sync.create();
}
