// Starts a headless Firefox: FIREFOX_PATH, else firefox-esr or firefox in PATH.
import puppeteer from "puppeteer-core";
import { firstLine, inPath } from "../browser.js";

/** Starts Firefox with an empty profile, or throws an Error with a message of one line. */
export async function openFirefox() {
  const executablePath = process.env.FIREFOX_PATH || (await inPath("firefox-esr")) || (await inPath("firefox"));
  const hint = "set FIREFOX_PATH, or have firefox-esr or firefox in PATH (Debian: apt-get install firefox-esr)";
  if (!executablePath) throw new Error(`no Firefox found: ${hint}`);
  try {
    return await puppeteer.launch({ browser: "firefox", executablePath, headless: true, timeout: 60_000 });
  } catch (error) {
    throw new Error(`no Firefox starts: ${hint}; ${executablePath}: ${firstLine(error)}`);
  }
}
