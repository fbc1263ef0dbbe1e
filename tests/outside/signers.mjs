// Signs deliveries with the libraries of others (`standardwebhooks`, `stripe`) and, for what neither knows, with Node's own
// crypto, and sends them to Punte's listener: rightly, and spoilt in every way. Arguments: the simulators' port file, the
// owner's note, and where the libraries are installed. Prints how each was answered and what the inbox says of it, as JSON.
import { createHmac, generateKeyPairSync, randomBytes, randomUUID, sign } from "node:crypto";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [portFile, noteFile, libraries] = process.argv.slice(2);
const require = createRequire(`${libraries}/package.json`);
const Stripe = require("stripe");
const { Webhook } = require("standardwebhooks");
const ports = JSON.parse(readFileSync(portFile, "utf8"));
const owner = JSON.parse(readFileSync(noteFile, "utf8"));

async function json(url, body, token) {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(`${url}: ${JSON.stringify(told)}`);
  return told;
}
const call = (command, payload) => json(`http://127.0.0.1:${owner.port}/call/${command}`, payload, owner.token);

const pair = generateKeyPairSync("ed25519");
const hmac = (secret, body) => createHmac("sha256", secret).update(body).digest("base64");
const seconds = (ms) => Math.floor(ms / 1000);
const stripe = new Stripe("sk_test_x");

// how each signs: a body, a secret and an instant become headers; `told` is the id by which the inbox knows the delivery
const message = (version) => (body, { id, at }, signature) => ({
  "webhook-id": id, "webhook-timestamp": String(seconds(at)), "webhook-signature": signature ?? `${version},`,
});
const signers = {
  woocommerce: {
    kind: "woocommerce", secret: "ck & <secret>", other: "ck & <another>",
    body: (order) => JSON.stringify({ id: order, status: "completed" }),
    headers: (body, { id, secret }) => ({
      "x-wc-webhook-topic": "order.updated", "x-wc-webhook-delivery-id": id, "x-wc-webhook-signature": hmac(secret, body),
    }),
  },
  shopify: {
    kind: "shopify", secret: "shpss_0123456789abcdef", other: "shpss_fedcba9876543210",
    body: (order) => JSON.stringify({ id: order, admin_graphql_api_id: `gid://shopify/Order/${order}` }),
    headers: (body, { id, secret }) => ({
      "x-shopify-topic": "orders/updated", "x-shopify-webhook-id": id, "x-shopify-event-id": randomUUID(),
      "x-shopify-shop-domain": "atelier-cana.myshopify.com", "x-shopify-hmac-sha256": hmac(secret, body),
    }),
  },
  stripe: {
    kind: "stripe", secret: "whsec_test_0123456789abcdef", other: "whsec_test_fedcba9876543210",
    body: (order, id) => JSON.stringify({
      id, object: "event", type: "checkout.session.completed", data: { object: { id: order, object: "checkout.session" } },
    }),
    headers: (body, { secret, at }) => ({
      "stripe-signature": stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: seconds(at) }),
    }),
    signsTime: true, vouchesForId: true,
  },
  shared: {
    kind: "webhook", secret: `whsec_${randomBytes(24).toString("base64")}`, other: `whsec_${randomBytes(24).toString("base64")}`,
    body: generic,
    headers: (body, told) => message("v1")(body, told, new Webhook(told.secret).sign(told.id, new Date(told.at), body)),
    signsTime: true, vouchesForId: true,
  },
  pair: {
    kind: "webhook", other: generateKeyPairSync("ed25519").privateKey, secret: pair.privateKey,
    entered: `whpk_${Buffer.from(pair.publicKey.export({ format: "jwk" }).x, "base64url").toString("base64")}`,
    body: generic,
    headers: (body, told) => {
      const content = Buffer.from(`${told.id}.${seconds(told.at)}.${body}`);
      return message("v1a")(body, told, `v1a,${sign(null, content, told.secret).toString("base64")}`);
    },
    signsTime: true, vouchesForId: true,
  },
};

// an order of docs/order.schema.json in its envelope
function generic(number) {
  const at = new Date().toISOString();
  const order = {
    number, date: at, updated: at, status: "completed", completed_at: at, currency: "RON", total: "121.00",
    customer: { name: "Ana Ionescu", address: "Str. Test 99", city: "Cluj-Napoca", county: "CJ", country: "RO" },
    lines: [{ name: "Abonament", quantity: "1", unit_price: "121.00", vat_rate: "21" }],
  };
  return JSON.stringify({ type: "order.updated", timestamp: at, data: order });
}

async function connect(name, { kind, secret, entered }) {
  const place = ports[kind] ?? { url: `https://${name}.example.ro` };
  const connection = await call("connections.save", {
    id: null, kind, name, address: place.url, account: place.domain ?? place.account ?? place.key ?? name,
    secret: { woocommerce: place.secret, shopify: place.token, stripe: place.key }[kind] ?? "", company: null, series: null,
  });
  await call("connections.set_hook_secret", { id: connection.id, secret: entered ?? secret });
  return call("connections.hook", { id: connection.id });
}

async function post(url, headers, body) {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
  return { status: answer.status, words: await answer.text() };
}

// the newest that the inbox holds of a connection
async function newest(connection) {
  const { rows } = await call("inbox.list", { connection });
  return rows[0].verdict;
}

await call("listener.set", { enabled: true, port: 0, publicAddress: "" });
const seen = {};
for (const [name, signer] of Object.entries(signers)) {
  const hook = await connect(name, signer);
  const told = {};
  let n = 0;
  const parcel = async (more) => {
    n += 1;
    const id = `${name === "stripe" ? "evt_" : ""}${name}_${n}`;
    const random = ports[signer.kind] && (await json(`${ports.control.url}/orders/${signer.kind}`, { random: 1 })).added[0];
    const order = random ?? `${name}-${n}`;
    const body = signer.body(order, id);
    return { id, order, body, headers: signer.headers(body, { id, secret: signer.secret, at: Date.now(), ...more }) };
  };
  const send = async (as, headers, body) => {
    told[as] = { ...(await post(hook.url, headers, body)), verdict: await newest(hook.connectionId) };
  };

  const good = await parcel({});
  await send("good", good.headers, good.body);
  await send("replay", good.headers, good.body);
  const altered = await parcel({});
  await send("body", altered.headers, altered.body.replace("{", "{ "));
  const foreign = await parcel({ secret: signer.other });
  await send("secret", foreign.headers, foreign.body);
  const bare = await parcel({});
  await send("unsigned", {}, bare.body);
  if (signer.signsTime) {
    const old = await parcel({ at: Date.now() - 6 * 60_000 });
    await send("old", old.headers, old.body);
    const ahead = await parcel({ at: Date.now() + 6 * 60_000 });
    await send("ahead", ahead.headers, ahead.body);
    // another instant under the same signature
    const moved = await parcel({});
    const later = String(seconds(Date.now()) + 60);
    const headers = Object.entries(moved.headers).map(([key, value]) =>
      key === "webhook-timestamp" ? [key, later] : [key, value.replace(/^t=\d+/, `t=${later}`)]);
    await send("timestamp", Object.fromEntries(headers), moved.body);
  }
  if (signer.vouchesForId) {
    // rightly signed, but another body under an id that was signed before
    const body = signer.body(`${good.order}x`, good.id);
    await send("forged", signer.headers(body, { id: good.id, secret: signer.secret, at: Date.now() }), body);
  }
  // what was believed is processed: the order is known by its number
  for (const started = Date.now(); ; await new Promise((done) => setTimeout(done, 50))) {
    const { rows } = await call("inbox.list", { connection: hook.connectionId, show: "accepted" });
    told.accepted = rows.map((row) => ({ state: row.state, hasOrder: typeof row.orderNumber === "string" }));
    if (rows.every((row) => row.state === "done") || Date.now() - started > 20_000) break;
  }
  seen[name] = told;
}
console.log(JSON.stringify(seen));
