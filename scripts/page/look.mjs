// Looks at one report as a browser and an accessibility engine do, and fails where a reader
// would: node look.mjs REPORT.html OUT_FOLDER. OUT_FOLDER gets pictures and the PDF.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";

const [page, out] = process.argv.slice(2);
if (!page || !out) {
  console.error("usage: node look.mjs REPORT.html OUT_FOLDER");
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const faults = [];
const fault = (text) => faults.push(text);

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"],
});

/** The page in a tab of its own that reaches nothing but the file; scripts only where asked. */
async function open({ width = 1280, scheme = "light", script = true } = {}) {
  const tab = await browser.newPage();
  await tab.setViewport({ width, height: 1000 });
  await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await tab.setJavaScriptEnabled(script);
  await tab.setRequestInterception(true);
  tab.on("request", (request) => {
    const inside = request.url().startsWith("file:") || request.url().startsWith("data:");
    if (!inside) fault(`a request to ${request.url()}`);
    inside ? request.continue() : request.abort();
  });
  tab.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) fault(`console: ${message.text()}`);
  });
  tab.on("pageerror", (error) => fault(`script: ${error.message}`));
  await tab.goto(pathToFileURL(resolve(page)).href, { waitUntil: "load" });
  return tab;
}

/** Nothing serious for somebody who does not see the page, or not its colours. */
async function accessible(scheme) {
  const tab = await open({ scheme });
  // The page's own policy forbids scripts; the engine runs beside it.
  const found = await tab.evaluate(`${axe}; axe.run(document, { resultTypes: ["violations", "incomplete"] })`);
  for (const { id, impact, help, nodes } of found.violations) {
    const serious = ["serious", "critical"].includes(impact);
    const text = `${scheme}: ${impact} ${id}: ${help} (${nodes.length}, first ${nodes[0].html.slice(0, 160)})`;
    serious ? fault(text) : console.log(`  ${text}`);
  }
  console.log(`${scheme}: ${found.passes.length} rules of axe ${found.testEngine.version} pass, ${found.violations.length} do not`);
  await tab.screenshot({ path: join(out, `${scheme}.png`), fullPage: true });
  await tab.close();
}

/** Nothing is wider than its place; at a phone's width tables scroll inside of theirs. */
async function fits(width) {
  const tab = await open({ width });
  const over = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (over > 0) fault(`at ${width} pixels the page is ${over} too wide`);
  await tab.screenshot({ path: join(out, `${width}.png`), fullPage: width > 500 });
  await tab.close();
}

/** What was printed has each word of the tables, none beyond the edge of its sheet. */
async function prints() {
  const tab = await open();
  const words = await tab.evaluate(() => {
    // What is folded away stays so on paper.
    const cells = [...document.querySelectorAll("th, td")].filter((cell) => cell.checkVisibility());
    return cells.map((cell) => cell.textContent.trim()).filter((text) => text);
  });
  const path = join(out, "report.pdf");
  await tab.pdf({ path, format: "A4", printBackground: true });
  await tab.close();
  const pdf = await getDocument({ data: new Uint8Array(readFileSync(path)), verbosity: 0 }).promise;
  let text = "";
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const sheet = await pdf.getPage(number);
    const [, , width] = sheet.view;
    for (const { str, transform, width: length } of (await sheet.getTextContent()).items) {
      text += str;
      if (str.trim() && transform[4] + length > width + 1) fault(`sheet ${number}: cut at the edge: ${str}`);
    }
  }
  const flat = (text) => text.replace(/\s+/gu, "");
  const printed = flat(text);
  const missing = [...new Set(words.filter((word) => !printed.includes(flat(word))))];
  for (const word of missing.slice(0, 5)) fault(`not printed: ${word}`);
  console.log(`print: ${pdf.numPages} sheets, ${words.length} cells, ${missing.length} of them missing`);
}

/** Without scripts the same text stands there. */
async function needsNoScript() {
  const [with_, without] = [await open(), await open({ script: false })];
  const text = (tab) => tab.$eval("body", (body) => body.innerText);
  if ((await text(with_)) !== (await text(without))) fault("the page says less without scripts");
}

await accessible("light");
await accessible("dark");
await fits(1280);
await fits(390);
await prints();
await needsNoScript();
await browser.close();
faults.forEach((text) => console.error(`fault: ${text}`));
console.log(faults.length ? `${faults.length} faults` : "no faults");
process.exit(faults.length ? 1 : 0);
