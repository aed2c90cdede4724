import { untilAborted } from "./abort.js";
import { isModule } from "./bytes.js";
import { Codec } from "./codec.js";
import { WasmError } from "./errors.js";
import { openInstance, openInstanceSync } from "./instance.js";
import { compileSync } from "./load.js";
import { checkOptions, loadOptions } from "./options.js";

// Chromium's console ignores a static name of a derived class, but shows the name of a property.
const { OwnCodec } = {
  OwnCodec: class extends Codec {
    #instance;

    constructor(instance) {
      super(instance);
      this.#instance = instance;
    }

    dispose() {
      this.#instance.dispose();
    }
  },
};
if (Symbol.dispose) OwnCodec.prototype[Symbol.dispose] = OwnCodec.prototype.dispose;

/** Returns init, preload, getCodec, create and initSync. load takes checked options and returns the module. */
export function makeEntry(load) {
  const open = async (options) => {
    const instance = await openInstance(await load(options), options.maxBytes);
    options.signal?.throwIfAborted();
    return instance;
  };
  const shared = new Shared(async (options) => new Codec(await open(options)));
  const init = async (options) => shared.get(options === undefined ? undefined : loadOptions(options));
  return {
    getCodec: () => shared.now(),
    init,
    preload(options) {
      loadOptions(options); // throws now for a wrong option
      return init(options).then(() => {}, () => {});
    },
    create: async (options) => new OwnCodec(await open(loadOptions(options))),
    initSync,
  };
}

export function initSync(source, options = {}) {
  checkOptions(options, ["maxBytes"]); // integrity and signal need a promise
  const { maxBytes } = loadOptions(options);
  return new OwnCodec(openInstanceSync(isModule(source) ? source : compileSync(source), maxBytes));
}

/** The one load that all callers share; forgotten if it fails, aborted if every caller has aborted. */
class Shared {
  #load;
  #options;
  #promise;
  #codec;
  #waiting = 0;
  #controller;

  constructor(load) {
    this.#load = load;
  }

  async get(options) {
    options?.signal?.throwIfAborted();
    if (this.#promise === undefined) this.#start(options ?? loadOptions());
    else if (options !== undefined && names.some((name) => options[name] !== this.#options[name])) {
      throw new WasmError("OPTIONS", "the shared codec has other options; create() makes another");
    }
    const promise = this.#promise;
    this.#waiting++;
    try {
      return await untilAborted(promise, options?.signal);
    } finally {
      if (--this.#waiting === 0 && options?.signal?.aborted) this.#forget(promise);
    }
  }

  now() {
    if (this.#codec === undefined) throw new WasmError("NOT_READY", "the rules are not loaded: await init() first");
    return this.#codec;
  }

  #start(options) {
    this.#options = options;
    this.#controller = new AbortController();
    const promise = (this.#promise = this.#load({ ...options, signal: this.#controller.signal }));
    promise.then(
      (codec) => {
        this.#codec = codec;
        this.#controller = undefined; // loaded for good
      },
      () => this.#forget(promise),
    );
  }

  #forget(promise) {
    if (this.#promise !== promise || this.#controller === undefined) return;
    this.#controller.abort();
    this.#promise = undefined;
  }
}

const names = ["source", "integrity", "maxBytes"];
