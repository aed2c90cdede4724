// Starts the parts of the page, which check once the rules are loaded.

import "./trusted.js";
import { startBulk } from "./bulk.js";
import { refresh, startCreate } from "./create.js";
import { decode, startDecode } from "./decode.js";
import { startFailures } from "./failures.js";
import { startHistory } from "./history.js";
import { load, watchErrors } from "./rules.js";
import { startSend } from "./send.js";
import { startService } from "./service.js";

watchErrors();
startCreate();
startSend();
startFailures();
startDecode();
startBulk();
startHistory();
startService(refresh);

load().then(
  () => {
    refresh();
    decode();
  },
  () => {}, // the status bar shows the error
);
