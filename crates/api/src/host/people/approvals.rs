//! Acts that need a second person: written down as asked, done once another one approved.

use super::{Known, guards_of, role_of};
use crate::commands::{AccessRole, COMMANDS, CommandInfo, CommandKind, Session, Tag};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use crate::host::Host;
use crate::host::connections::flow_info;
use punte_domain::money::{Currency, parse_decimal};
use punte_engine::Workspace;
use punte_engine::people::Guards;
use punte_engine::store::ledger::{Approval, Counts};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const DECIDED_NOTE: usize = 500;
/// The fact that tells in what state something was when it was asked for: compared, and shown to nobody.
const AS_IT_WAS: &str = "asItWas";

fn command(name: &str) -> Result<&'static CommandInfo, ApiError> {
    COMMANDS.iter().find(|one| one.name == name).ok_or_else(|| ApiError::not_found(name))
}

impl Host {
    /// Writes an act that needs a second person down, and answers so. Nothing is done yet.
    pub(in crate::host) async fn ask_second(
        &self,
        session: &Session,
        name: &str,
        payload: &Value,
    ) -> Result<(), ApiError> {
        // what is none, or not theirs, is refused where it is done
        let may_need = command(name).is_ok_and(|info| info.kind == CommandKind::Act && session.role >= info.role);
        if session.approved_by.is_some() || !may_need {
            return Ok(());
        }
        let Ok(workspace) = self.workspace().await else { return Ok(()) };
        let known = self.known(&workspace).await?;
        if !known.is_needed() {
            return Ok(());
        }
        let Some(facts) = guarded(&workspace, &known, session, name, payload).await? else { return Ok(()) };
        let reason = payload["reason"].as_str().unwrap_or_default().chars().take(DECIDED_NOTE).collect::<String>();
        let id = workspace.ask_approval(name, payload.clone(), facts, &reason, &session.operator).await?;
        self.emit(&[Tag::People]);
        Err(ApiError::new(ErrorCode::NeedsApproval, id))
    }

    pub(in crate::host) async fn approvals_list(&self, session: &Session, _: Nothing) -> Result<Approvals, ApiError> {
        let approvals = self.workspace().await?.list_approvals().await?;
        Ok(Approvals { approvals: approvals.into_iter().map(|one| approval_info(one, session)).collect() })
    }

    /// Has an act done that another person asked for, or refuses it. It is done as if the one who asked did it, and says who
    /// approved.
    pub(in crate::host) async fn approvals_decide(
        &self,
        session: &Session,
        request: ApprovalDecision,
    ) -> Result<Approvals, ApiError> {
        let workspace = self.workspace().await?;
        let asked = workspace.find_approval(&request.id).await?.ok_or_else(|| ApiError::not_found(&request.id))?;
        let info = command(&asked.command)?;
        if asked.asked_by.eq_ignore_ascii_case(&session.operator) {
            return Err(ApiError::new(ErrorCode::Forbidden, "the one who asked does not approve"));
        }
        if session.role < info.role {
            return Err(ApiError::new(ErrorCode::Forbidden, format!("{} needs {:?}", asked.command, info.role)));
        }
        let note: String = request.note.chars().take(DECIDED_NOTE).collect();
        let state = if request.approve { "approved" } else { "refused" };
        let asked = workspace.decide_approval(&request.id, state, &session.operator, &note).await?;
        if request.approve
            && let Err(error) = Box::pin(self.do_approved(&workspace, session, asked)).await
        {
            workspace.fail_approval(&request.id, &error.code.to_text()).await?;
            self.emit(&[Tag::People]);
            return Err(error);
        }
        self.emit(&[Tag::People]);
        self.approvals_list(session, Nothing {}).await
    }

    /// Does what was approved, as whoever asked: somebody who was let go since does nothing any more, and neither is done what is
    /// no longer what was asked for.
    async fn do_approved(&self, workspace: &Workspace, by: &Session, asked: Approval) -> Result<(), ApiError> {
        let asking = Session {
            operator: asked.asked_by.clone(),
            role: self.role_of_person(workspace, &asked.asked_by).await?,
            approved_by: Some(by.operator.clone()),
            ..by.clone()
        };
        let known = self.known(workspace).await?;
        let facts = guarded(workspace, &known, &asking, &asked.command, &asked.payload).await?;
        // what needs nobody any more is done; what would do something else than was looked at is not
        if facts.is_some_and(|facts| facts != asked.facts) {
            return Err(ApiError::new(ErrorCode::NotNow, "changed_since_asked"));
        }
        self.carry_out(&asking, &asked.command, asked.payload).await.map(|_| ())
    }

    /// Takes back what one asked for oneself.
    pub(in crate::host) async fn approvals_withdraw(
        &self,
        session: &Session,
        request: ById,
    ) -> Result<Approvals, ApiError> {
        let workspace = self.workspace().await?;
        let asked = workspace.find_approval(&request.id).await?.ok_or_else(|| ApiError::not_found(&request.id))?;
        if !asked.asked_by.eq_ignore_ascii_case(&session.operator) {
            return Err(ApiError::new(ErrorCode::Forbidden, "somebody else asked"));
        }
        workspace.decide_approval(&request.id, "withdrawn", &session.operator, "").await?;
        self.emit(&[Tag::People]);
        self.approvals_list(session, Nothing {}).await
    }

    /// What whoever asked may do now: somebody who was let go since does nothing any more.
    async fn role_of_person(&self, workspace: &Workspace, name: &str) -> Result<AccessRole, ApiError> {
        let known = self.known(workspace).await?;
        let person = known.people.iter().find(|one| one.active && one.name.eq_ignore_ascii_case(name));
        person
            .map(|person| role_of(&person.role))
            .ok_or_else(|| ApiError::new(ErrorCode::Forbidden, format!("{name} may not work here any more")))
    }
}

/// What an act that needs a second person is about; `None` where it needs none.
async fn guarded(
    workspace: &Workspace,
    known: &Known,
    session: &Session,
    name: &str,
    payload: &Value,
) -> Result<Option<Value>, ApiError> {
    let guards = &known.guards;
    let document = async |id: &Value| -> Result<Value, ApiError> {
        let found = workspace.ledger().find_document(id.as_str().unwrap_or_default()).await?;
        Ok(found.map_or(json!({}), |one| {
            json!({ "document": format!("{} {}", one.series, one.number.unwrap_or_default()).trim(), "id": one.id })
        }))
    };
    Ok(match name {
        "documents.storno" if guards.storno => Some(document(&payload["id"]).await?),
        "documents.accept_change" if guards.storno => {
            let change = workspace.ledger().find_change(payload["id"].as_str().unwrap_or_default()).await?;
            match change {
                Some(change) => {
                    let changed = workspace.ledger().get_document_by_row(change.document_row).await?;
                    let currency = Currency::parse(&changed.currency).ok();
                    let amount = currency.map(|one| format!("{} {one}", one.from_minor(change.amount_minor)));
                    let mut facts = document(&changed.id.into()).await?;
                    facts["amount"] = amount.unwrap_or_default().into();
                    // another version of the order may make another correction of it
                    facts[AS_IT_WAS] = digest(&json!([
                        change.order_version,
                        change.proposal.as_str(),
                        change.amount_minor,
                        change.facts,
                    ]));
                    Some(facts)
                }
                None => Some(json!({})),
            }
        }
        "documents.operate" if guards.delete && payload["kind"] == "delete" => Some(document(&payload["id"]).await?),
        "bulk.confirm" => {
            let job = workspace.bulk_job(payload["id"].as_str().unwrap_or_default()).await?;
            let (kind, count) = (job.job.kind.clone(), job.counts.get("planned"));
            let is_many = guards.bulk_over.is_some_and(|most| count > most);
            let is_storno = guards.storno && kind == "storno";
            (is_many || is_storno).then(|| json!({ "job": kind, "count": count.to_string(), "id": payload["id"] }))
        }
        "flows.save" if guards.limits => {
            let flows = workspace.ledger().list_flows().await?;
            let before = flows.iter().find(|flow| Some(flow.id.as_str()) == payload["id"].as_str());
            match before {
                Some(flow) => {
                    let kept = crate::host::rules::info_of(&flow.rules);
                    let raised = raised(&serde_json::to_value(kept).unwrap_or_default(), &payload["rules"]);
                    listed("limits", raised).map(|mut facts| {
                        facts["flow"] = flow.name.clone().into();
                        // all of it is written: what was changed meanwhile would be taken back
                        facts[AS_IT_WAS] = digest(&json!(flow_info(flow, &Counts::default())));
                        facts
                    })
                }
                // a flow beside the one that has limits takes what that one does not
                None => Some(json!({ "flow": payload["name"], "limits": "newFlow" })),
            }
        }
        "people.set_guards" => {
            let others = known.people.iter().filter(|one| {
                one.active
                    && role_of(&one.role) == AccessRole::Admin
                    && !one.name.eq_ignore_ascii_case(&session.operator)
            });
            let wanted: Option<GuardsInfo> = serde_json::from_value(payload.clone()).ok();
            let loosened = wanted.map_or_else(Vec::new, |wanted| loosened(guards, &guards_of(&wanted)));
            if others.count() > 0 { listed("guards", loosened) } else { None }
        }
        _ => None,
    })
}

fn digest(state: &Value) -> Value {
    Sha256::digest(state.to_string()).iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

/// What becomes weaker: its name, and from what to what.
type Weaker = (&'static str, String);

/// Facts of what becomes weaker; `None` where nothing does.
fn listed(what: &str, weaker: Vec<Weaker>) -> Option<Value> {
    let names: Vec<&str> = weaker.iter().map(|(name, _)| *name).collect();
    let mut facts = json!({ what: names.join(", ") });
    for (name, change) in &weaker {
        facts[*name] = change.as_str().into();
    }
    (!weaker.is_empty()).then_some(facts)
}

/// Guards that would be taken away or loosened.
fn loosened(before: &Guards, after: &Guards) -> Vec<Weaker> {
    let mut all: Vec<Weaker> = [
        ("storno", before.storno && !after.storno),
        ("delete", before.delete && !after.delete),
        ("limits", before.limits && !after.limits),
    ]
    .into_iter()
    .filter(|(_, is_weaker)| *is_weaker)
    .map(|(name, _)| (name, String::new()))
    .collect();
    match (before.bulk_over, after.bulk_over) {
        (Some(before), None) => all.push(("bulk", format!("{before} → –"))),
        (Some(before), Some(after)) if after > before => all.push(("bulk", format!("{before} → {after}"))),
        _ => {}
    }
    all
}

/// Limits of a flow that new rules would raise or take away. Rules that are left out stay as they are.
fn raised(before: &Value, after: &Value) -> Vec<Weaker> {
    if after.is_null() {
        return Vec::new();
    }
    let amount = |rules: &Value, pointer: &str| {
        rules.pointer(pointer).and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned)
    };
    [("approveAbove", "/approveAbove"), ("maxTotal", "/when/maxTotal")]
        .into_iter()
        .filter_map(|(name, pointer)| {
            let was = amount(before, pointer)?;
            let Some(wanted) = amount(after, pointer) else { return Some((name, format!("{was} → –"))) };
            // what cannot be read is refused by the command itself
            let is_raised = match (parse_decimal(&was), parse_decimal(&wanted)) {
                (Ok(was), Ok(wanted)) => wanted > was,
                _ => true,
            };
            is_raised.then(|| (name, format!("{was} → {wanted}")))
        })
        .collect()
}

fn approval_info(approval: Approval, session: &Session) -> ApprovalInfo {
    let is_own = approval.asked_by.eq_ignore_ascii_case(&session.operator);
    let is_waiting = approval.state == "waiting";
    let may = command(&approval.command).is_ok_and(|info| session.role >= info.role);
    let facts = approval.facts.as_object().map(|facts| {
        facts
            .iter()
            .filter(|(name, _)| *name != AS_IT_WAS)
            .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect::<BTreeMap<String, String>>()
    });
    ApprovalInfo {
        id: approval.id,
        command: approval.command,
        facts: facts.unwrap_or_default(),
        reason: approval.reason,
        asked_by: approval.asked_by,
        asked_ms: approval.asked_ms,
        state: approval.state,
        decided_by: approval.decided_by,
        decided_ms: approval.decided_ms,
        note: approval.note,
        code: approval.code,
        may_decide: is_waiting && may && !is_own,
        is_own: is_waiting && is_own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_raised_by_a_larger_amount_or_by_none() {
        let before = json!({ "approveAbove": "5000", "when": { "maxTotal": "900.50" } });
        let with = |approve: Value, most: Value| json!({ "approveAbove": approve, "when": { "maxTotal": most } });
        let raised = |before: &Value, after: &Value| -> Vec<String> {
            super::raised(before, after).into_iter().map(|(name, change)| format!("{name} {change}")).collect()
        };
        assert!(raised(&before, &before).is_empty() && raised(&before, &Value::Null).is_empty());
        assert!(raised(&before, &with(json!("4999.99"), json!("900.5"))).is_empty(), "lower, and the same");
        assert_eq!(raised(&before, &with(json!("5000.01"), json!("900.50"))), ["approveAbove 5000 → 5000.01"]);
        assert_eq!(raised(&before, &with(json!("5000"), Value::Null)), ["maxTotal 900.50 → –"]);
        let both = raised(&before, &with(json!(" "), json!("1000")));
        assert_eq!(both, ["approveAbove 5000 → –", "maxTotal 900.50 → 1000"]);
        assert!(raised(&with(Value::Null, json!("")), &before).is_empty(), "a limit where there was none");
    }

    #[test]
    fn a_guard_is_weaker_when_it_goes_or_lets_more_through() {
        let on = Guards { lock_after_min: 15, storno: true, delete: true, bulk_over: Some(20), limits: true };
        let names = |after: &Guards| -> Vec<&str> { loosened(&on, after).into_iter().map(|(name, _)| name).collect() };
        assert!(names(&on).is_empty() && loosened(&Guards::default(), &on).is_empty());
        assert_eq!(names(&Guards { storno: false, ..on.clone() }), ["storno"]);
        assert_eq!(names(&Guards { bulk_over: Some(21), limits: false, ..on.clone() }), ["limits", "bulk"]);
        assert_eq!(names(&Guards { bulk_over: None, ..on.clone() }), ["bulk"]);
        assert!(names(&Guards { bulk_over: Some(5), lock_after_min: 5, ..on.clone() }).is_empty());
        let facts = listed("guards", loosened(&on, &Guards { bulk_over: Some(50), ..on.clone() }));
        assert_eq!(facts, Some(json!({ "guards": "bulk", "bulk": "20 → 50" })));
    }
}
