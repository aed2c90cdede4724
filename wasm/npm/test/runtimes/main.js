import * as convuser from "convuser";
import { check } from "./check.js";

console.log(await check(convuser));
