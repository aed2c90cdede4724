// Takes screenshots of each scene, light and dark, wide and narrow, into
// .build/screenshots, and the one of the README.
import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { projectFolder } from "../files.js";
import { openAdmin, openPage } from "./admin.js";
import { scenes } from "./scenes.js";

const folder = path.join(projectFolder, ".build", "screenshots");
const readme = path.join(projectFolder, "wasm", "admin", "screenshot.png");

await mkdir(folder, { recursive: true });
const admin = await openAdmin();
try {
  await takeAll(admin);
  await takeReadme(admin);
} finally {
  await admin.close();
}

async function takeAll(admin) {
  for (const [scene, open] of Object.entries(scenes)) {
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [1280, 360]) {
        await take(admin, open, { colorScheme, width }, path.join(folder, `${scene.replaceAll(" ", "-")}-${colorScheme}-${width}.png`));
      }
    }
  }
  console.log(`screenshots: ${Object.keys(scenes).length * 4} pictures in ${path.relative(projectFolder, folder)}`);
}

// The form with the caret at an error.
async function takeReadme(admin) {
  const open = async (page) => {
    await page.click("#invalid-example");
    await page.click("[data-field=Attributes] .go");
  };
  await take(admin, open, { colorScheme: "light", width: 1280 }, readme);
  const { size } = await stat(readme);
  if (size > 200_000) throw new Error(`${readme}: ${size} bytes, want at most 200,000`);
  console.log(`screenshots: ${path.relative(projectFolder, readme)}, ${size} bytes`);
}

async function take(admin, open, options, file) {
  await fetch(`${admin.origin}/_convuser/faults`, { method: "DELETE" });
  const { page, close } = await openPage(admin, { deviceScaleFactor: 1, ...options });
  await open(page);
  await page.mouse.move(0, 0);
  // The whole page in view, so that the status bar is at its end.
  await page.setViewportSize({ width: options.width, height: await page.evaluate(() => document.documentElement.scrollHeight) });
  await page.screenshot({ path: file, animations: "disabled" });
  await close();
}
