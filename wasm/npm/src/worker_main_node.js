import { parentPort } from "node:worker_threads";
import { initSync } from "./entry.js";
import { serve } from "./worker_server.js";

serve(parentPort, initSync);
parentPort.ref(); // addEventListener alone does not keep the worker alive
