using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (services = [(name = "main", worker = .main)]);

const main :Workerd.Worker = (
  compatibilityDate = "2026-01-01",
  modules = [
    (name = "worker.js", esModule = embed "bundled/worker.js"),
    (name = "convuser.wasm", wasm = embed "bundled/convuser.wasm"),
  ],
);
