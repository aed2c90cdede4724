import { isModule } from "./bytes.js";
import { Codec } from "./codec.js";
import { WasmError } from "./errors.js";
import { openInstance, openInstanceSync } from "./instance.js";
import { compileSync } from "./load.js";
import { checkOptions, loadOptions } from "./options.js";

// Chromium shows the name of a key, and no static one, of a class that extends another.
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

/** Returns init, preload, getCodec, create and initSync; load gives the module of checked options. */
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
      loadOptions(options); // a misspelt one is told at once
      return init(options).then(() => {}, () => {});
    },
    create: async (options) => new OwnCodec(await open(loadOptions(options))),
    initSync,
  };
}

export function initSync(source, options = {}) {
  checkOptions(options, ["maxBytes"]); // a digest, for one, cannot be had without waiting
  const { maxBytes } = loadOptions(options);
  return new OwnCodec(openInstanceSync(isModule(source) ? source : compileSync(source), maxBytes));
}

/** One load for all who ask; forgotten if it fails, ended if nobody waits any more. */
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
        this.#controller = undefined; // it is there to stay
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

async function untilAborted(promise, signal) {
  if (!signal) return promise;
  let stop;
  const aborted = new Promise((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener("abort", stop));
}
