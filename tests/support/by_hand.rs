//! What people do in the providers' own programs, behind the ledger's back.

use crate::{Buyer, SandboxProgram};
use serde_json::{Value, json};

impl SandboxProgram {
    /// A token of the Oblio account.
    async fn oblio_token(&self) -> String {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let place = &self.ports["oblio"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let form = format!("client_id={}&client_secret={}", text(&place["email"]), text(&place["secret"]));
        let url = format!("{}/api/authorize/token", text(&place["url"]));
        let kind = "application/x-www-form-urlencoded";
        let token = http.post(url).header("content-type", kind).body(form).send().await.unwrap();
        let token: Value = serde_json::from_str(&token.text().await.unwrap()).unwrap();
        text(&token["access_token"])
    }

    /// Somebody deletes an invoice in the provider's own program.
    pub async fn delete_by_hand(&self, buyer: Buyer, document: &Value) {
        self.delete_there(buyer, document, ("/invoice", "/api/docs/invoice")).await;
    }

    /// Somebody deletes a proforma there.
    pub async fn delete_proforma_by_hand(&self, buyer: Buyer, document: &Value) {
        self.delete_there(buyer, document, ("/estimate", "/api/docs/proforma")).await;
    }

    /// Somebody makes an invoice out of a proforma in SmartBill's own program.
    pub async fn invoice_proforma_by_hand(&self, proforma: &Value) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let place = &self.ports["smartbill"];
        let body = json!({ "companyVatCode": place["company"], "seriesName": place["series"], "isDraft": false,
            "useEstimateDetails": true, "mentions": "de mână",
            "estimate": { "seriesName": proforma["series"], "number": proforma["number"] } });
        let answer = http
            .post(format!("{}/invoice/v2", place["url"].as_str().unwrap()))
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .basic_auth(place["username"].as_str().unwrap(), place["token"].as_str())
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let words = answer.text().await.unwrap();
        assert!(status.is_success() && words.contains("\"errorText\":\"\""), "{status} {words}");
    }

    async fn delete_there(&self, buyer: Buyer, document: &Value, (smartbill, oblio): (&str, &str)) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let place = &self.ports[buyer.provider()];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let answer = match buyer {
            Buyer::Person => {
                let url = format!(
                    "{}{smartbill}?cif={}&seriesname={}&number={}",
                    text(&place["url"]),
                    text(&place["company"]),
                    text(&document["series"]),
                    text(&document["number"])
                );
                http.delete(url).basic_auth(text(&place["username"]), place["token"].as_str()).send().await.unwrap()
            }
            Buyer::Company => {
                let token = self.oblio_token().await;
                let body =
                    json!({ "cif": place["company"], "seriesName": document["series"], "number": document["number"] });
                http.delete(format!("{}{oblio}", text(&place["url"])))
                    .bearer_auth(token)
                    .body(body.to_string())
                    .send()
                    .await
                    .unwrap()
            }
        };
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Somebody makes an invoice in the provider's own program, on a day `YYYY-MM-DD`.
    pub async fn invoice_by_hand(&self, buyer: Buyer, day: &str, mentions: &str) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let place = &self.ports[buyer.provider()];
        let text = |field: &str| place[field].as_str().unwrap().to_owned();
        let answer = match buyer {
            Buyer::Person => {
                let body = json!({ "companyVatCode": place["company"], "seriesName": place["series"],
                    "issueDate": day, "currency": "RON", "isDraft": false, "mentions": mentions,
                    "client": { "name": "Vasile Pop", "address": "Str. Gării 2", "city": "Dej", "county": "Cluj",
                        "country": "Romania", "isTaxPayer": false, "saveToDb": false },
                    "products": [{ "name": "Vază", "measuringUnitName": "buc", "currency": "RON", "quantity": 1,
                        "price": 77, "isTaxIncluded": true, "taxName": "Normala", "taxPercentage": 21,
                        "isService": false, "saveToDb": false }] });
                let request =
                    http.post(format!("{}/invoice/v2", text("url"))).header("content-type", "application/json");
                let request = request.header("accept", "application/json");
                request
                    .basic_auth(text("username"), place["token"].as_str())
                    .body(body.to_string())
                    .send()
                    .await
                    .unwrap()
            }
            Buyer::Company => {
                let token = self.oblio_token().await;
                let body = json!({ "cif": place["company"], "seriesName": place["series"], "issueDate": day,
                    "currency": "RON", "mentions": mentions,
                    "client": { "cif": "RO18773424", "name": "Vasile Pop SRL", "address": "Str. Gării 2", "city": "Dej",
                        "state": "Cluj", "country": "Romania" },
                    "products": [{ "name": "Vază", "price": 77, "measuringUnit": "buc", "currency": "RON",
                        "vatName": "Normala", "vatPercentage": 21, "vatIncluded": 1, "quantity": 1,
                        "productType": "Marfa" }] });
                let request = http.post(format!("{}/api/docs/invoice", text("url"))).bearer_auth(token);
                request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap()
            }
        };
        let status = answer.status();
        let words = answer.text().await.unwrap();
        assert!(status.is_success() && !words.contains("\"errorText\":\"N"), "{status} {words}");
    }
}
