"""A client of SmartBill that somebody published, from series to deletion.

Arguments: the port file. Prints what it saw, as JSON. Against a strict server most of it is refused, because the client
was written for the specification of 2021; each step says how.
"""

import json
import sys
from datetime import date

from smartbill_sdk import Client, Invoice, InvoicePayment, InvoiceRef, Payment, Product, SmartBillClient
from smartbill_sdk import EmailDocument, Estimate, SmartBillError, StornoRequest

with open(sys.argv[1], encoding="utf-8") as file:
    PLACE = json.load(file)["smartbill"]
CIF, SERIES = PLACE["company"], PLACE["series"]
TODAY = date.today().isoformat()
SEEN = {}


def step(name, act):
    """Keeps what an act answers, or how it was refused."""
    try:
        answer = act()
    except SmartBillError as error:
        SEEN[name] = {
            "refused": str(error),
            "kind": type(error).__name__,
            "status": getattr(error, "status_code", None),
        }
        return None
    if isinstance(answer, bytes):
        SEEN[name] = {"start": answer[:4].decode("latin-1"), "bytes": len(answer)}
    else:
        SEEN[name] = answer.model_dump(mode="json", by_alias=True)
    return answer


def lines():
    return [
        Product(
            name="Cană ceramică", measuring_unit_name="buc", currency="RON", quantity=2, price=49.9,
            is_tax_included=True, tax_name="Normala", tax_percentage=21, save_to_db=False,
        )
    ]


def buyer():
    return Client(
        name="Ioana Țăranu", vat_code="0000000000000", country="Romania", city="Sector 1", county="Bucuresti",
        email="ioana@example.com", is_tax_payer=False, save_to_db=False,
    )


def invoice(mentions, payment=None):
    return Invoice(
        company_vat_code=CIF, series_name=SERIES, issue_date=TODAY, currency="RON", client=buyer(), products=lines(),
        mentions=mentions, payment=payment,
    )


def all_steps(api):
    step("series", lambda: api.series.series(CIF))
    step("taxes", lambda: api.taxes.taxes(CIF))
    made = step("created", lambda: api.invoices.create(invoice("Comanda #1 din afară")))
    number = made.number if made else "0001"
    step("pdf", lambda: api.invoices.pdf(CIF, SERIES, number))
    step("unpaid", lambda: api.invoices.payment_status(CIF, SERIES, number))
    step(
        "payment",
        lambda: api.payments.create(
            Payment(
                company_vat_code=CIF, issue_date=TODAY, type="Card", is_cash=False, use_invoice_details=True,
                invoices_list=[InvoiceRef(series_name=SERIES, number=number)],
            )
        ),
    )
    step("paid", lambda: api.invoices.payment_status(CIF, SERIES, number))
    step(
        "payment_deleted",
        lambda: api.payments.delete_other(
            CIF, payment_type="Card", invoice_series=SERIES, invoice_number=number
        ),
    )
    step("mailed", lambda: api.email.send(
        EmailDocument(company_vat_code=CIF, series_name=SERIES, number=number, type="factura", to="ioana@example.com")
    ))
    reversal = StornoRequest(company_vat_code=CIF, series_name=SERIES, number=number)
    storno = step("storno", lambda: api.invoices.reverse(reversal))
    step("second_storno", lambda: api.invoices.reverse(reversal))
    paid_at_once = InvoicePayment(value=99.8, type="Chitanta", payment_series="CHT", is_cash=True)
    other = step("other", lambda: api.invoices.create(invoice("Comanda #2 din afară", paid_at_once)))
    last = other.number if other else "0002"
    step("cancelled", lambda: api.invoices.cancel(CIF, SERIES, last))
    step("restored", lambda: api.invoices.restore(CIF, SERIES, last))
    step("not_last", lambda: api.invoices.delete(CIF, SERIES, storno.number if storno else number))
    step("deleted", lambda: api.invoices.delete(CIF, SERIES, last))
    step("wrong_rate", lambda: api.invoices.create(
        Invoice(company_vat_code=CIF, series_name=SERIES, client=buyer(),
                products=[lines()[0].model_copy(update={"tax_percentage": 19})])
    ))
    proforma = step("proforma", lambda: api.estimates.create(
        Estimate(company_vat_code=CIF, series_name="ATP", client=buyer(), products=lines())
    ))
    estimate = proforma.number if proforma else "0001"
    step("proforma_pdf", lambda: api.estimates.pdf(CIF, "ATP", estimate))
    step("not_invoiced", lambda: api.estimates.invoices_status(CIF, "ATP", estimate))
    step("converted", lambda: api.invoices.create(
        Invoice(company_vat_code=CIF, series_name=SERIES, use_estimate_details=True,
                estimate=InvoiceRef(series_name="ATP", number=estimate))
    ))
    step("invoiced", lambda: api.estimates.invoices_status(CIF, "ATP", estimate))
    step("stocks", lambda: api.stocks.get(CIF, TODAY, warehouse_name="Depozit"))


with SmartBillClient(PLACE["username"], "wrong", base_url=PLACE["url"]) as stranger:
    step("wrong_token", lambda: stranger.series.series(CIF))
with SmartBillClient(PLACE["username"], PLACE["token"], base_url=PLACE["url"]) as client:
    all_steps(client)
print(json.dumps(SEEN))
