import * as convuser from "convuser";
import { check } from "./check.js";

export default {
  async test() {
    console.log(await check(convuser));
  },
};
