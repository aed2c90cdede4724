import { arktype } from "./arktype.js";
import { typebox } from "./typebox.js";
import { peers as usual } from "./usual.js";
import { valibot } from "./valibot.js";

export { ours } from "./ours.js";
export const peers = [...usual, valibot, arktype, typebox];
