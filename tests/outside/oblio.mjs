// The official client of Oblio, from token to deletion. Arguments: the port file. Prints what it saw, as JSON.
//
// The client keeps its token in a file that it writes without waiting and may read half-written, so it is handed a keeper
// of its own here: its public way to do that.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [portFile, clients] = process.argv.slice(2);
const library = await import(pathToFileURL(`${clients}/node_modules/@obliosoftware/oblioapi/lib/es6/Api.js`).href);
const OblioApi = library.default;
const { oblio } = JSON.parse(readFileSync(portFile, "utf8"));

class Keeper {
  token = null;
  given = 0;
  get() {
    return this.token;
  }
  set(token) {
    this.token = token;
    this.given += 1;
  }
}

function client(email, secret, keeper = new Keeper()) {
  const api = new OblioApi(email, secret, keeper);
  api._baseURL = oblio.url;
  api.setCif(oblio.company);
  return api;
}

// what the client throws, in words
async function refusal(act) {
  try {
    return { unexpected: await act() };
  } catch (error) {
    return { code: error.code ?? error.response?.status ?? 0, message: error.message };
  }
}

const keeper = new Keeper();
const api = client(oblio.email, oblio.secret, keeper);
const seen = {};

seen.wrongSecret = await refusal(() => client(oblio.email, "wrong").nomenclature("companies"));
seen.companies = (await api.nomenclature("companies")).data;
for (const which of ["vat_rates", "products", "clients", "series", "languages", "management"]) {
  seen[which] = (await api.nomenclature(which)).data;
}

// as its readme has it: every optional field there, empty
const invoice = (mentions) => ({
  cif: oblio.company,
  client: {
    cif: "RO19", name: "BUCUR OBOR S.A.", rc: "", code: "", address: "Sos. Colentina nr. 2", state: "Bucuresti",
    city: "Sector 2", country: "Romania", iban: "", bank: "", email: "", phone: "", contact: "", vatPayer: "",
  },
  issueDate: "", dueDate: "", deliveryDate: "", collectDate: "", seriesName: oblio.series, collect: {},
  referenceDocument: {}, language: "RO", precision: 2, currency: "RON",
  products: [
    {
      name: "Abonament", code: "", description: "", price: "100", measuringUnit: "buc", currency: "RON",
      vatName: "Normala", vatPercentage: 21, vatIncluded: true, quantity: 2, productType: "Serviciu", save: 0,
    },
    { name: "Discount 10%", discountType: "procentual", discount: 10, discountAllAbove: 0 },
  ],
  issuerName: "", issuerId: "", noticeNumber: "", internalNote: "", deputyName: "", deputyIdentityCard: "",
  deputyAuto: "", selesAgent: "", mentions, value: 0, workStation: "Sediu", useStock: 0,
});

seen.created = (await api.createInvoice(invoice("Comanda #1 din afară"))).data;
const number = Number(seen.created.number);
seen.pdf = await fetch(seen.created.link).then(async (answer) => ({
  type: answer.headers.get("content-type"),
  start: Buffer.from(await answer.arrayBuffer()).subarray(0, 4).toString(),
}));
seen.listed = (
  await api.list("invoice", {
    seriesName: oblio.series, client: { cif: "RO19" }, orderBy: "id", orderDir: "DESC", withProducts: 1, canceled: -1,
  })
).data;
seen.got = (await api.get("invoice", oblio.series, number)).data;
seen.cancelled = (await api.cancel("invoice", oblio.series, number)).statusMessage;
seen.restored = (await api.cancel("invoice", oblio.series, number, false)).statusMessage;
seen.collectRefused = await refusal(() => api.collect(oblio.series, number, { type: "Card" }));
seen.collected = (await api.collect(oblio.series, number, { type: "Card", documentNumber: "PAY-1" })).data;
seen.refused = await refusal(() => {
  const wrong = invoice("x");
  wrong.products[0].vatPercentage = 19;
  return api.createInvoice(wrong);
});
seen.storno = (
  await api.createInvoice({
    cif: oblio.company, seriesName: oblio.series,
    referenceDocument: { type: "Factura", seriesName: oblio.series, number, refund: 1 },
  })
).data;
seen.secondStorno = await refusal(() =>
  api.createInvoice({
    cif: oblio.company, seriesName: oblio.series, referenceDocument: { type: "Factura", seriesName: oblio.series, number },
  }),
);
seen.proforma = (await api.createProforma({ ...invoice("proforma"), seriesName: "ACP" })).data;
seen.fromProforma = (
  await api.createInvoice({
    cif: oblio.company, seriesName: oblio.series,
    referenceDocument: { type: "Proforma", seriesName: "ACP", number: Number(seen.proforma.number) },
  })
).data;
seen.notice = (await api.createNotice({ ...invoice("aviz"), seriesName: "ACA" })).data;
seen.notLast = await refusal(() => api.delete("invoice", oblio.series, number));
seen.deleted = (await api.delete("invoice", oblio.series, Number(seen.fromProforma.number))).statusMessage;
seen.gone = await refusal(() => api.get("invoice", oblio.series, Number(seen.fromProforma.number)));
seen.tokens = keeper.given;
console.log(JSON.stringify(seen));
