import { initSync } from "./entry.js";
import { serve } from "./worker_server.js";

serve(globalThis, initSync);
