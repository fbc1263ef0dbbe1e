// Clients that the shops' makers or their community wrote, reading from the simulators. Arguments: the port file and where
// the clients are installed. Prints what they saw, as JSON.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [portFile, clients] = process.argv.slice(2);
const require = createRequire(`${clients}/package.json`);
const WooCommerce = require("@woocommerce/woocommerce-rest-api").default;
const Stripe = require("stripe");
const ports = JSON.parse(readFileSync(portFile, "utf8"));
const seen = {};

// what the client throws, in words
async function refusal(act) {
  try {
    return { unexpected: await act() };
  } catch (error) {
    return {
      code: error.response?.status ?? error.statusCode ?? 0,
      type: error.type,
      message: error.response?.data?.message ?? error.message,
    };
  }
}

// over plain HTTP it signs every call by OAuth 1.0a
const woo = (secret = ports.woocommerce.secret) =>
  new WooCommerce({
    url: ports.woocommerce.url, consumerKey: ports.woocommerce.key, consumerSecret: secret, version: "wc/v3",
  });
const orders = await woo().get("orders", { per_page: 20, status: "completed", search: "cană & farfurie (1)" });
seen.wooSearch = { status: orders.status, total: orders.headers["x-wp-total"] };
const page = await woo().get("orders", { per_page: 20, page: 2, order: "asc", orderby: "id" });
seen.wooPage = { ids: page.data.map((order) => order.id), pages: page.headers["x-wp-totalpages"] };
seen.wooWrong = await refusal(() => woo("cs_wrong").get("orders"));
const webhook = await woo().post("webhooks", {
  name: "Punte", topic: "order.updated", delivery_url: "http://127.0.0.1:9/x", secret: "s",
});
seen.wooWebhook = webhook.data;
await woo().put(`webhooks/${webhook.data.id}`, { status: "paused" });
seen.wooWebhooks = (await woo().get("webhooks", { status: "paused" })).data;
seen.wooNote = (await woo().put("orders/10401", { meta_data: [{ key: "punte", value: "ATC0001" }] })).data.meta_data.at(-1);

const at = new URL(ports.stripe.url);
const stripe = (key = ports.stripe.key) =>
  new Stripe(key, { host: at.hostname, port: at.port, protocol: "http", maxNetworkRetries: 0, telemetry: false });
seen.account = (await stripe().rawRequest("GET", "/v1/account")).id;
const first = await stripe().checkout.sessions.list({ limit: 3, expand: ["data.line_items.data.taxes"] });
seen.session = first.data[0];
seen.hasMore = first.has_more;
seen.all = 0;
for await (const session of stripe().checkout.sessions.list({ limit: 10, created: { gte: 1 } })) {
  seen.all += session.object === "checkout.session" ? 1 : 0;
}
const { id } = seen.session;
seen.lines = (await stripe().checkout.sessions.listLineItems(id)).data.length;
seen.written = (await stripe().checkout.sessions.update(id, { metadata: { punte_number: "ATC0001" } })).metadata;
const refunded = await stripe().events.list({ types: ["charge.refunded"], limit: 1 });
seen.event = refunded.data[0].type;
seen.refund = (await stripe().refunds.list({ payment_intent: refunded.data[0].data.object.payment_intent })).data[0].status;
seen.stripeMissing = await refusal(() => stripe().checkout.sessions.retrieve("cs_test_none"));
seen.stripeWrong = await refusal(() => stripe("sk_test_wrong").checkout.sessions.list());
console.log(JSON.stringify(seen));
