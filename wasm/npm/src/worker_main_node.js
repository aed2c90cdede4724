import { parentPort } from "node:worker_threads";
import { create } from "./index_node.js";
import { serve } from "./worker_server.js";

serve(parentPort, create);
parentPort.ref(); // addEventListener alone lets the worker end
