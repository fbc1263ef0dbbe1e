// A mail server that others wrote (`smtp-server`) and a receiver that verifies with a library of others (`standardwebhooks`):
// Punte sends its alerts to both. Arguments: the owner's note, where the libraries are installed, a certificate for localhost
// with its key, and one that nobody vouches for with its. Prints what came of each test at Punte and what arrived, as JSON.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [noteFile, libraries, certFile, keyFile, strangeCertFile, strangeKeyFile] = process.argv.slice(2);
const require = createRequire(`${libraries}/package.json`);
const { SMTPServer } = require("smtp-server");
const { Webhook } = require("standardwebhooks");
const owner = JSON.parse(readFileSync(noteFile, "utf8"));
const read = (file) => readFileSync(file, "utf8");
const [right, strange] = [
  { cert: read(certFile), key: read(keyFile) },
  { cert: read(strangeCertFile), key: read(strangeKeyFile) },
];
const PASSWORD = "parolă secretă";

async function call(command, payload) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${owner.token}` };
  const answer = await fetch(`http://127.0.0.1:${owner.port}/call/${command}`, { method: "POST", headers, body: JSON.stringify(payload) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(`${command}: ${JSON.stringify(told)}`);
  return told;
}

const letters = [];
const servers = [];
async function mailServer(options) {
  const server = new SMTPServer({
    ...right,
    authMethods: ["PLAIN", "LOGIN"],
    onAuth: ({ username, password }, _, done) =>
      username === "alerte" && password === PASSWORD ? done(null, { user: username }) : done(new Error("Wrong user or password")),
    onRcptTo: ({ address }, _, done) => (address.startsWith("nimeni@") ? done(new Error("No such mailbox")) : done()),
    onData: (stream, session, done) => {
      const parts = [];
      stream.on("data", (part) => parts.push(part));
      stream.on("end", () => {
        const text = Buffer.concat(parts).toString("latin1");
        const { mailFrom, rcptTo } = session.envelope;
        letters.push({ secure: session.secure, user: session.user ?? null, from: mailFrom.address, to: rcptTo.map((one) => one.address), text });
        done();
      });
    },
    ...options,
  });
  // a client that trusts no certificate hangs up, which is what is tried
  server.on("error", () => {});
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  servers.push(server);
  return server.server.address().port;
}

let channels = 0;
async function tried(channel) {
  channels += 1;
  const whole = { id: null, name: `Canal ${channels}`, enabled: true, mail: null, url: null, secret: "", remove: false, ...channel };
  const saved = await call("alerts.set_channel", whole);
  const { state, code, said } = await call("alerts.test", { id: saved.id });
  return { state, code, said, saved };
}

async function mailed(security, port, { to = ["ana@atelier-cana.ro"], password = PASSWORD, user = "alerte" } = {}) {
  const mail = { host: "localhost", port, security, user, from: "Punte <alerte@atelier-cana.ro>", to };
  const { state, code, said } = await tried({ kind: "mail", mail, secret: password });
  return { state, code, said, letter: letters.splice(0).at(0) ?? null };
}

const seen = {};
const tls = await mailServer({ secure: true });
const starttls = await mailServer({ secure: false });
seen.tls = await mailed("tls", tls);
seen.starttls = await mailed("starttls", starttls);
seen.login = await mailed("tls", await mailServer({ secure: true, authMethods: ["LOGIN"] }));
seen.plain = await mailed("plain", await mailServer({ authOptional: true, disabledCommands: ["STARTTLS", "AUTH"] }), { user: "", password: "" });
seen.wrongPassword = await mailed("starttls", starttls, { password: "greșită" });
seen.noMailbox = await mailed("tls", tls, { to: ["nimeni@atelier-cana.ro"] });
seen.oneOfTwo = await mailed("tls", tls, { to: ["nimeni@atelier-cana.ro", "ana@atelier-cana.ro"] });
seen.noStartTls = await mailed("starttls", await mailServer({ disabledCommands: ["STARTTLS"], allowInsecureAuth: true }));
seen.strangeTls = await mailed("tls", await mailServer({ secure: true, ...strange }));
seen.strangeStartTls = await mailed("starttls", await mailServer(strange));

// the secret is known only once the channel is there
let status = 200;
const deliveries = [];
const receiver = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    deliveries.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
    response.writeHead(status, { "content-type": "text/plain" }).end("told");
  });
});
await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
const url = `http://127.0.0.1:${receiver.address().port}/alerts`;
for (const [name, answer] of [["hook", 204], ["broken", 500], ["gone", 410]]) {
  status = answer;
  const { state, code, said, saved } = await tried({ kind: "webhook", url });
  const { headers, body } = deliveries.pop();
  const verify = (text) => new Webhook(saved.secret).verify(text, headers);
  let altered = "believed";
  try {
    verify(`${body} `);
  } catch {
    altered = "refused";
  }
  seen[name] = { state, code, said, message: verify(body), altered };
}

for (const server of servers) await new Promise((done) => server.close(done));
receiver.close();
receiver.closeAllConnections();
console.log(JSON.stringify(seen));
