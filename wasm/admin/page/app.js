// The page: its parts start at once, and check as soon as the rules are
// loaded.

import "./trusted.js";
import { startBulk } from "./bulk.js";
import { refresh, startCreate } from "./create.js";
import { decode, startDecode } from "./decode.js";
import { startFaults } from "./faults.js";
import { startHistory } from "./history.js";
import { load, watchFaults } from "./rules.js";
import { startSend } from "./send.js";
import { startService } from "./service.js";

watchFaults();
startCreate();
startSend();
startFaults();
startDecode();
startBulk();
startHistory();
startService(refresh);

load().then(
  () => {
    refresh();
    decode();
  },
  () => {}, // the status bar says it
);
