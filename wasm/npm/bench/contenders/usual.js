import { ajvDefault, ajvOwn } from "./ajv.js";
import { hand, handDecoder } from "./hand.js";
import { zod } from "./zod.js";

export { ours } from "./ours.js";
export const peers = [ajvOwn, ajvDefault, zod, hand, handDecoder];
