// Prints in one line why no browser starts, or nothing if one starts.
import { openBrowser } from "./browser.js";

try {
  const browser = await openBrowser();
  await browser.close();
} catch (error) {
  console.log(error.message);
}
