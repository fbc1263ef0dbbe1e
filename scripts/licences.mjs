// The licences of what the programs are made of, as one text: `licences.mjs CRATES TREE BILL OUT`. CRATES is what cargo-about wrote,
// TREE what cargo links; the screens' packages are those of the bill of materials, with the texts that they bring. Fails where a
// part has no licence. The bill's crates are no measure: it names optional ones that are switched off, too.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [cratesFile, treeFile, billFile, out] = process.argv.slice(2);
const bill = JSON.parse(readFileSync(billFile, "utf8"));
const crates = readFileSync(cratesFile, "utf8");
const rule = "-".repeat(80);

/** The licence's texts that a package brings, its own notice after them. */
function textsOf(folder) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name) && !/\.(js|json)$/.test(name));
  return names.sort().map((name) => readFileSync(join(folder, name), "utf8").trim());
}

function licenceOf(one) {
  return (one.licenses ?? []).map((each) => each.expression ?? each.license?.id ?? each.license?.name).join(", ");
}

const linked = new Set(readFileSync(treeFile, "utf8").split("\n").filter((line) => line && !line.includes("(/") && !line.startsWith("punte")));
if (linked.size < 300) throw new Error(`only ${linked.size} crates are linked?`);
for (const line of linked) {
  const [name, version] = line.split(" ");
  if (!crates.includes(`  ${name} ${version.slice(1)}`)) throw new Error(`nobody says under what ${name} ${version} is`);
}

const lock = JSON.parse(readFileSync("ui/package-lock.json", "utf8"));
const places = new Map(
  Object.entries(lock.packages).map(([place, { version }]) => [`${place.split("node_modules/").at(-1)} ${version}`, place]),
);
const byText = new Map();
for (const one of bill.components.filter((each) => each.purl.startsWith("pkg:npm/"))) {
  const name = one.group ? `${one.group}/${one.name}` : one.name;
  // the screens themselves
  if (name === "ui" || name === "punte-ui") continue;
  const place = places.get(`${name} ${one.version}`);
  if (!place) throw new Error(`the lock does not know ${name} ${one.version}`);
  const folder = join("ui", place);
  const said = licenceOf(one);
  const texts = existsSync(folder) ? textsOf(folder) : [];
  if (!said && texts.length === 0) throw new Error(`nobody says under what ${name} ${one.version} is`);
  const text = texts.join("\n\n") || `Its package brings no text; it says: ${said}.`;
  byText.set(text, [...(byText.get(text) ?? []), `  ${name} ${one.version}${said ? ` (${said})` : ""}`]);
}

const parts = ["What the programs of Punte are linked with, and under which licences. Crates first, then the screens' packages, then fonts.\n"];
parts.push(crates.trim());
for (const [text, names] of byText) parts.push(`${rule}\n${names.join("\n")}\n\n${text}`);
parts.push(`${rule}\n  DejaVu Sans (in reports)\n\n${readFileSync("crates/api/assets/DejaVu-LICENSE.txt", "utf8").trim()}`);
writeFileSync(out, `${parts.join("\n\n")}\n`);
const count = [...byText.values()].flat().length;
console.log(`${out}: ${linked.size} crates, ${count} packages of npm`);
