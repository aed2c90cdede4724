import { create } from "./index.js";
import { serve } from "./worker_server.js";

serve(globalThis, create);
