// Prints in one line why no browser starts here, and nothing where one does.
import { openBrowser } from "./browser.js";

try {
  const browser = await openBrowser();
  await browser.close();
} catch (error) {
  console.log(error.message);
}
