// Receives what the simulators deliver and verifies it with the libraries of others: `standardwebhooks` and `stripe`, and
// for what neither knows Node's own crypto. Arguments: the port file and where the libraries are installed. It has every
// shop tell the same order rightly and spoilt, and prints what it thought of each, as JSON.
import { createHmac, generateKeyPairSync, randomBytes, timingSafeEqual, verify } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [portFile, libraries] = process.argv.slice(2);
const require = createRequire(`${libraries}/package.json`);
const Stripe = require("stripe");
const { Webhook } = require("standardwebhooks");
const ports = JSON.parse(readFileSync(portFile, "utf8"));

// the private half as the specification writes it: seed and public half, in Base64
const pair = generateKeyPairSync("ed25519");
const raw = (key) => Buffer.from(key, "base64url");
const jwk = pair.privateKey.export({ format: "jwk" });
const secrets = {
  woocommerce: "ck & <secret>",
  shopify: "shpss_0123456789abcdef",
  stripe: "whsec_test_0123456789abcdef",
  shared: `whsec_${randomBytes(24).toString("base64")}`,
  pair: `whsk_${Buffer.concat([raw(jwk.d), raw(jwk.x)]).toString("base64")}`,
};

const equal = (one, other) => one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
const hmac = (secret, body) => createHmac("sha256", secret).update(body).digest("base64");
const stripe = new Stripe("sk_test_x");

const judges = {
  woocommerce: (headers, body) => {
    if (headers["content-type"].startsWith("application/x-www-form-urlencoded")) return { ping: body.toString() };
    if (!equal(headers["x-wc-webhook-signature"], hmac(secrets.woocommerce, body))) throw new Error("signature");
    return { topic: headers["x-wc-webhook-topic"], id: JSON.parse(body).id };
  },
  shopify: (headers, body) => {
    if (!equal(headers["x-shopify-hmac-sha256"], hmac(secrets.shopify, body))) throw new Error("signature");
    return { topic: headers["x-shopify-topic"], id: JSON.parse(body).id };
  },
  stripe: (headers, body) => {
    const event = stripe.webhooks.constructEvent(body, headers["stripe-signature"], secrets.stripe);
    return { topic: event.type, id: event.data.object.id };
  },
  shared: (headers, body) => {
    const message = new Webhook(secrets.shared).verify(body.toString(), headers);
    return { topic: message.type, id: message.data.number };
  },
  pair: (headers, body) => {
    const [version, signature] = headers["webhook-signature"].split(",");
    const content = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
    if (version !== "v1a" || !verify(null, content, pair.publicKey, Buffer.from(signature, "base64"))) throw new Error("signature");
    const message = JSON.parse(body);
    return { topic: message.type, id: message.data.number };
  },
};

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    try {
      const judged = judges[request.url.slice(1)](request.headers, Buffer.concat(parts));
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(judged));
    } catch (error) {
      response.writeHead(401).end(error.message);
    }
  });
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const here = `http://127.0.0.1:${server.address().port}`;

async function control(path, body) {
  const answer = await fetch(`${ports.control.url}${path}`, { method: body ? "POST" : "GET", body: body && JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${told.error}`);
  return told;
}

// every way to spoil a delivery, and what the receiver said
async function tell(shop, order) {
  const told = {};
  for (const tamper of ["none", "body", "signature", "stale"]) {
    if (shop === "woocommerce" && tamper === "stale") continue;
    const [one] = (await control("/deliver", { shop, order, tamper })).deliveries;
    told[tamper] = one.status === 200 ? JSON.parse(one.body) : { status: one.status };
  }
  return told;
}

const seen = {};
for (const [name, shop] of [
  ["woocommerce", "woocommerce"], ["shopify", "shopify"], ["stripe", "stripe"], ["shared", "webhook"], ["pair", "webhook"],
]) {
  await control("/hooks", { shop, url: `${here}/${name}`, secret: secrets[name] });
  const [order] = (await control(`/orders/${shop}`, { random: 1 })).added;
  seen[name] = { order, ...(await tell(shop, order)) };
}
// what was delivered by itself
for (;;) {
  const { waiting } = await control("/hooks");
  if (waiting === 0) break;
  await new Promise((done) => setTimeout(done, 50));
}
const all = await control("/deliveries");
const own = all.filter((one) => one.status === 200 && one.topic.match(/ping|create/)).map((one) => `${one.shop} ${one.topic}`);
seen.byThemselves = [...new Set(own)].sort();
server.close();
server.closeAllConnections();
console.log(JSON.stringify(seen));
