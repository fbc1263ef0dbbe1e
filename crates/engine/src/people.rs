//! The people of a workspace: who may sign in, with what role, and which acts need a second one.
//!
//! A password is kept as argon2id and looked at one attempt at a time; after wrong ones the next is waited for.

use crate::error::{EngineError, Result};
use crate::workspace::{Change, Workspace};
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use punte_store::StoreError;
use punte_store::ledger::{Approval, Person};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::LazyLock;

/// Shortest and longest password, in characters.
pub const PASSWORD: std::ops::RangeInclusive<usize> = 10..=200;
const NAME: usize = 60;
/// Wrong passwords that cost no wait.
const FREE: u32 = 3;
/// The longest wait after a wrong password.
const LONGEST_WAIT_MS: i64 = 15 * 60 * 1000;

/// What guards a workspace with people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guards {
    /// Minutes without a hand on it after which the window is locked; 0 never.
    pub lock_after_min: u32,
    /// A storno needs a second person.
    pub storno: bool,
    /// Deleting a document at its provider needs a second person.
    pub delete: bool,
    /// A bulk job of more records than this needs a second person; `None` never.
    pub bulk_over: Option<u32>,
    /// Letting a flow take larger amounts, or hold fewer, needs a second person.
    pub limits: bool,
}

impl Default for Guards {
    fn default() -> Self {
        Guards { lock_after_min: 15, storno: false, delete: false, bulk_over: None, limits: false }
    }
}

/// How a sign-in ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    Done(Person),
    /// No such person, not allowed in, or not their password: which one is not told.
    Wrong,
    /// No password is looked at before the instant.
    Wait {
        until_ms: i64,
    },
}

/// After how many wrong passwords the next is waited for, and how long: doubling from a second.
fn wait_ms(wrong: u32) -> i64 {
    match wrong.checked_sub(FREE) {
        None | Some(0) => 0,
        Some(over) => {
            1000_i64.checked_shl(over - 1).filter(|ms| *ms > 0).map_or(LONGEST_WAIT_MS, |ms| ms.min(LONGEST_WAIT_MS))
        }
    }
}

/// OWASP's second choice: 19 MiB, two passes.
fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Compared with where there is no such person, so that an unknown name takes as long as a known one.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_of(&SecretString::from("nobody's password")).unwrap_or_default());

fn hash_of(password: &SecretString) -> Result<String> {
    let salt: [u8; 16] = rand::random();
    let failed = |error: argon2::password_hash::Error| EngineError::Vault(error.to_string());
    let salt = SaltString::encode_b64(&salt).map_err(failed)?;
    Ok(hasher().hash_password(password.expose_secret().as_bytes(), &salt).map_err(failed)?.to_string())
}

fn is_it(password: &SecretString, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| hasher().verify_password(password.expose_secret().as_bytes(), &hash).is_ok())
}

/// Hashing takes a core for a while.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| EngineError::Vault(error.to_string()))
}

fn check_name(name: &str) -> Result<String> {
    let name = name.trim();
    let is_good = !name.is_empty() && name.chars().count() <= NAME && !name.chars().any(char::is_control);
    if is_good { Ok(name.to_owned()) } else { Err(invalid("name", "1 to 60 characters")) }
}

fn check_role(role: &str) -> Result<()> {
    if matches!(role, "viewer" | "operator" | "admin") { Ok(()) } else { Err(invalid("role", role)) }
}

fn check_password(password: &SecretString) -> Result<()> {
    let length = password.expose_secret().chars().count();
    if PASSWORD.contains(&length) { Ok(()) } else { Err(invalid("password", "10 to 200 characters")) }
}

fn invalid(field: &'static str, detail: &str) -> EngineError {
    EngineError::Invalid { field, detail: detail.to_owned() }
}

fn refused(error: StoreError) -> EngineError {
    match error {
        StoreError::Stale(name) => invalid("name", &format!("{name} is taken")),
        StoreError::NotAllowed(code) => invalid("role", code),
        other => other.into(),
    }
}

impl Workspace {
    /// By name.
    pub async fn list_operators(&self) -> Result<Vec<Person>> {
        Ok(self.ledger.list_operators().await?)
    }

    /// Lets somebody in. The first one is an administrator; from then on whoever works here signs in.
    pub async fn add_operator(&self, name: &str, role: &str, password: SecretString) -> Result<Person> {
        let name = check_name(name)?;
        check_role(role)?;
        check_password(&password)?;
        let password = beside(move || hash_of(&password)).await??;
        let now_ms = self.deps.clock.now_ms();
        let person = Person {
            id: self.deps.clock.new_id("op"),
            name,
            role: role.to_owned(),
            active: true,
            created_ms: now_ms,
            changed_ms: now_ms,
            signed_in_ms: None,
            wrong: 0,
            wait_until_ms: None,
        };
        self.ledger.add_operator(person.clone(), password).await.map_err(refused)?;
        self.changed(Change::Workspace);
        Ok(person)
    }

    pub async fn change_operator(&self, id: &str, name: &str, role: &str, active: bool) -> Result<()> {
        let name = check_name(name)?;
        check_role(role)?;
        self.ledger.change_operator(id, &name, role, active).await.map_err(refused)?;
        self.changed(Change::Workspace);
        Ok(())
    }

    pub async fn set_operator_password(&self, id: &str, password: SecretString) -> Result<()> {
        check_password(&password)?;
        let password = beside(move || hash_of(&password)).await??;
        Ok(self.ledger.set_password(id, password, self.deps.clock.now_ms()).await?)
    }

    /// Whoever was just let in as the first person is signed in by that.
    pub async fn sign_in_first(&self, id: &str) -> Result<()> {
        Ok(self.ledger.end_sign_in(id, self.deps.clock.now_ms()).await?)
    }

    /// Looks at a password. Each attempt is counted before it is looked at.
    pub async fn sign_in(&self, name: &str, password: SecretString) -> Result<SignIn> {
        let Some(found) = self.ledger.find_operator(name.trim()).await?.filter(|found| found.person.active) else {
            beside(move || is_it(&password, &NOBODY)).await?;
            return Ok(SignIn::Wrong);
        };
        let (id, now_ms) = (found.person.id.clone(), self.deps.clock.now_ms());
        match self.ledger.begin_sign_in(&id, now_ms, wait_ms).await {
            Ok(_) => {}
            Err(StoreError::Stale(_)) => {
                let until_ms = found.person.wait_until_ms.unwrap_or(now_ms);
                return Ok(SignIn::Wait { until_ms });
            }
            Err(error) => return Err(error.into()),
        }
        let hash = found.password;
        if !beside(move || is_it(&password, &hash)).await? {
            return Ok(SignIn::Wrong);
        }
        self.ledger.end_sign_in(&id, now_ms).await?;
        Ok(SignIn::Done(found.person))
    }

    /// What guards the workspace; as usual where nothing was chosen.
    pub async fn read_guards(&self) -> Result<Guards> {
        let kept = self.ledger.read_guards().await?;
        Ok(serde_json::from_value(kept).map_err(StoreError::from)?)
    }

    pub async fn set_guards(&self, guards: &Guards) -> Result<()> {
        if guards.lock_after_min > 24 * 60 {
            return Err(invalid("lockAfterMin", "at most a day"));
        }
        self.ledger.set_guards(serde_json::to_value(guards).map_err(StoreError::from)?).await?;
        self.changed(Change::Workspace);
        Ok(())
    }

    /// Writes down an act that waits for a second person. Answers its id.
    pub async fn ask_approval(
        &self,
        command: &str,
        payload: Value,
        facts: Value,
        reason: &str,
        who: &str,
    ) -> Result<String> {
        let id = self.deps.clock.new_id("apr");
        let asked = Approval {
            id: id.clone(),
            command: command.to_owned(),
            payload,
            facts,
            reason: reason.to_owned(),
            asked_by: who.to_owned(),
            asked_ms: self.deps.clock.now_ms(),
            state: "waiting".to_owned(),
            decided_by: None,
            decided_ms: None,
            note: String::new(),
            code: String::new(),
        };
        match self.ledger.ask_approval(asked).await {
            Err(StoreError::NotAllowed(_)) => Err(EngineError::NotNow("too_many_wait")),
            other => Ok(other?),
        }?;
        self.changed(Change::Workspace);
        Ok(id)
    }

    pub async fn list_approvals(&self) -> Result<Vec<Approval>> {
        Ok(self.ledger.list_approvals().await?)
    }

    pub async fn find_approval(&self, id: &str) -> Result<Option<Approval>> {
        Ok(self.ledger.find_approval(id).await?)
    }

    /// Ends the wait of an act: `approved` or `refused` by another person, `withdrawn` by whoever asked.
    pub async fn decide_approval(&self, id: &str, state: &'static str, who: &str, note: &str) -> Result<Approval> {
        let decided = self.ledger.decide_approval(id, state, who, note, self.deps.clock.now_ms()).await;
        match decided {
            Err(StoreError::Stale(_)) => Err(EngineError::NotNow("approval_over")),
            other => {
                self.changed(Change::Workspace);
                Ok(other?)
            }
        }
    }

    /// What was approved was answered with an error, by its code.
    pub async fn fail_approval(&self, id: &str, code: &str) -> Result<()> {
        self.ledger.fail_approval(id, code).await?;
        self.changed(Change::Workspace);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wrong_passwords_cost_nothing_and_the_next_ever_more() {
        let waits: Vec<i64> = (0..8).map(|wrong| wait_ms(wrong) / 1000).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8]);
        assert_eq!(wait_ms(13), 512 * 1000);
        for many in [14, 66, 67, 68, 1000, u32::MAX] {
            assert_eq!(wait_ms(many), LONGEST_WAIT_MS, "after {many}");
        }
    }

    #[test]
    fn a_password_is_known_again_and_never_kept_as_it_is() {
        let hash = hash_of(&"vara trecută".into()).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(is_it(&"vara trecută".into(), &hash) && !is_it(&"vara trecuta".into(), &hash));
        assert_ne!(hash, hash_of(&"vara trecută".into()).unwrap(), "each with a salt of its own");
        assert!(!is_it(&"".into(), "") && !is_it(&"x".into(), "$argon2id$v=19$m=1"));
    }

    #[test]
    fn guards_of_an_older_ledger_are_the_usual_ones() {
        assert_eq!(serde_json::from_str::<Guards>("{}").unwrap(), Guards::default());
    }
}
