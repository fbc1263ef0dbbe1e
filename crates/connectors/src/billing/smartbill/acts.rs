//! What is done to a document that exists: cancel, restore, delete, payments, mail. Each is sent once.

use super::{SmartBill, convert, convert_acts, decisions, route};
use crate::billing::offers::{is_invoice, not_offered};
use crate::billing::prepare;
use crate::billing::{Ability, EmailRequest, PaymentRequest, Target, WireRecord};
use crate::call::Operation;
use http::Method;
use punte_domain::{CollectKind, Failure};

impl SmartBill {
    /// Cancel, restore and delete: named in the query, without a body. The first two answer yes again when repeated.
    pub(super) async fn change_state(
        &self,
        name: &'static str,
        (method, action): (Method, &str),
        target: &Target,
        record: &mut WireRecord,
    ) -> Result<(), Failure> {
        let operation = Operation::new(name, target.name());
        let number = convert_acts::padded(&target.document);
        let query = [("cif", &*target.company), ("seriesname", &*target.document.series), ("number", &*number)];
        let path = format!("{}{action}", route(target.kind));
        let request = self.request(method, &path, &query, "application/json", None);
        let answer = self.change(&operation, request, record).await?;
        self.heed(decisions::read_answer(&operation, &answer)).map(|_| ())
    }

    pub(super) async fn pay(
        &self,
        target: &Target,
        payment: &PaymentRequest,
        record: &mut WireRecord,
    ) -> Result<(), Failure> {
        is_invoice(Ability::RecordPayment, target)?;
        let operation = Operation::new("record payment", target.name());
        let number = convert_acts::padded(&target.document);
        let body = convert_acts::payment(target, &number, payment).and_then(|body| prepare::json_body(&body));
        let body = body.map_err(|problem| problem.failure(&operation))?;
        let request = self.request(Method::POST, "/payment", &[], "application/json", Some(body));
        let answer = self.change(&operation, request, record).await?;
        self.heed(decisions::read_answer(&operation, &answer)).map(|_| ())
    }

    /// The payments of a kind are found by their invoice; the type is matched by the letter. The words of a refusal name six
    /// types, the schema nine, among them all that are recorded here: SmartBill decides.
    pub(super) async fn unpay(
        &self,
        target: &Target,
        kind: CollectKind,
        record: &mut WireRecord,
    ) -> Result<(), Failure> {
        is_invoice(Ability::DeletePayment, target)?;
        // a receipt goes by its own number, which the answer to an invoice does not tell
        if kind == CollectKind::Cash {
            return Err(not_offered(Ability::DeletePayment, target.name()).with_detail("receipt"));
        }
        let operation = Operation::new("delete payment", target.name());
        let number = convert_acts::padded(&target.document);
        let query = [
            ("cif", &*target.company),
            ("paymentType", convert::payment_type(kind)),
            ("invoiceSeries", &*target.document.series),
            ("invoiceNumber", &*number),
        ];
        let request = self.request(Method::DELETE, "/payment/v2", &query, "application/json", None);
        let answer = self.change(&operation, request, record).await?;
        self.heed(decisions::read_answer(&operation, &answer)).map(|_| ())
    }

    pub(super) async fn mail(
        &self,
        target: &Target,
        email: &EmailRequest,
        record: &mut WireRecord,
    ) -> Result<(), Failure> {
        let operation = Operation::new("send e-mail", target.name());
        let number = convert_acts::padded(&target.document);
        let body = convert_acts::mail(target, &number, email).and_then(|body| prepare::json_body(&body));
        let body = body.map_err(|problem| problem.failure(&operation))?;
        let request = self.request(Method::POST, "/document/send", &[], "application/json", Some(body));
        let answer = self.change(&operation, request, record).await?;
        self.heed(decisions::read_sent(&operation, &answer))
    }
}
