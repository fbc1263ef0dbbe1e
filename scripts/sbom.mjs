// One bill of materials out of two: `sbom.mjs RUST NPM OUT`. Rust's is of the program's crate, npm's of all that the lock names;
// what only builds or tests the screens is left out here, because npm's own `--omit dev` leaves out React with it. Fails where
// what must be in it is not.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [rustFile, npmFile, out] = process.argv.slice(2);
// no place of this machine in it
const root = `${pathToFileURL(process.cwd()).href}/`;
const rust = JSON.parse(readFileSync(rustFile, "utf8").replaceAll(root, "file:///"));
const npm = JSON.parse(readFileSync(npmFile, "utf8"));

const screens = npm.metadata.component;
const kept = npm.components.filter((one) => one.scope !== "optional");
const refs = new Set([screens, ...kept].map((one) => one["bom-ref"]));
const edges = npm.dependencies
  .filter((one) => refs.has(one.ref))
  .map((one) => ({ ...one, dependsOn: (one.dependsOn ?? []).filter((ref) => refs.has(ref)) }));

const program = rust.metadata.component["bom-ref"];
for (const one of rust.dependencies) {
  if (one.ref === program) one.dependsOn = [...(one.dependsOn ?? []), screens["bom-ref"]];
}
rust.metadata.tools = [...rust.metadata.tools, ...npm.metadata.tools];
rust.components.push(screens, ...kept);
rust.dependencies.push(...edges);

const names = new Set(rust.components.map((one) => one.name));
for (const name of ["tauri", "rusqlite", "rustls", "punte-engine", "react", "react-dom", "@tauri-apps/api", "pdfjs-dist"]) {
  if (!names.has(name)) throw new Error(`${name} is not in it`);
}
for (const name of ["punte-tests", "rcgen", "vite", "vitest", "typescript"]) {
  if (names.has(name)) throw new Error(`${name} is in it, which nobody installs`);
}
const known = new Set([program, ...rust.components.map((one) => one["bom-ref"])]);
if (known.size !== rust.components.length + 1) throw new Error("something is in it twice");
for (const one of rust.dependencies) {
  for (const ref of [one.ref, ...(one.dependsOn ?? [])]) if (!known.has(ref)) throw new Error(`${ref} is named and not in it`);
}
const text = `${JSON.stringify(rust, null, 2)}\n`;
if (text.includes(root) || text.includes(process.cwd())) throw new Error("it names a place of this machine");
writeFileSync(out, text);
console.log(`${out}: ${rust.components.length} components, ${kept.length} of them from npm`);
