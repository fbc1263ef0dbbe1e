//! Who is at a client, and what they may do.
//!
//! A workspace without people is open to whoever sits at the machine. With people, every client signs in for itself and for
//! each workspace, and is locked when no hand was on it for a while.

mod approvals;

use super::Host;
use crate::commands::{AccessRole, HostKind, Scope, Session, Tag, has_scope};
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use punte_engine::Workspace;
use punte_engine::people::{Guards, SignIn};
use punte_engine::store::ledger::Person;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// Clients that may be signed in at a time.
const MOST_CLIENTS: usize = 64;

/// A client, in a workspace.
type Seat = (String, String);

/// Who is signed in where, and who may be: read from the ledger once, and again when it is changed.
#[derive(Default)]
pub(super) struct Seats {
    taken: std::sync::Mutex<HashMap<Seat, Taken>>,
    known: tokio::sync::Mutex<HashMap<String, Arc<Known>>>,
}

#[derive(Clone)]
struct Taken {
    operator_id: String,
    /// By the monotonic clock.
    touched: Duration,
    /// A window or a browser, which somebody may leave alone.
    is_screen: bool,
}

impl Taken {
    fn new(operator_id: &str, session: &Session, touched: Duration) -> Taken {
        let is_screen = session.host != HostKind::Terminal;
        Taken { operator_id: operator_id.to_owned(), touched, is_screen }
    }
}

struct Known {
    people: Vec<Person>,
    guards: Guards,
}

impl Seats {
    /// Has the people of a workspace read again.
    pub(super) async fn forget(&self, workspace: &str) {
        self.known.lock().await.remove(workspace);
    }
}

impl Known {
    fn is_needed(&self) -> bool {
        !self.people.is_empty()
    }
}

pub(super) fn role_of(text: &str) -> AccessRole {
    match text {
        "admin" => AccessRole::Admin,
        "operator" => AccessRole::Operator,
        _ => AccessRole::Viewer,
    }
}

pub(super) fn role_text(role: AccessRole) -> &'static str {
    match role {
        AccessRole::Viewer => "viewer",
        AccessRole::Operator => "operator",
        AccessRole::Admin => "admin",
    }
}

fn client_of(session: &Session) -> String {
    format!("{}/{}", session.host.as_str(), session.client)
}

fn seat_of(session: &Session, workspace: &Workspace) -> Seat {
    (client_of(session), workspace.ledger().info().id.clone())
}

impl Host {
    async fn known(&self, workspace: &Workspace) -> Result<Arc<Known>, ApiError> {
        let id = &workspace.ledger().info().id;
        let mut known = self.seats.known.lock().await;
        if let Some(found) = known.get(id) {
            return Ok(found.clone());
        }
        let read = Known { people: workspace.list_operators().await?, guards: workspace.read_guards().await? };
        let read = Arc::new(read);
        known.insert(id.clone(), read.clone());
        Ok(read)
    }

    async fn forget_known(&self, workspace: &Workspace) {
        self.seats.known.lock().await.remove(&workspace.ledger().info().id);
        self.emit(&[Tag::App, Tag::People]);
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, HashMap<Seat, Taken>> {
        self.seats.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is signed in at a client, unless no hand was on it for too long.
    fn find_taken(&self, seat: &Seat, known: &Known) -> Option<Person> {
        let mut taken = self.taken();
        let found = taken.get(seat)?.clone();
        let idle = self.parts.deps.clock.monotonic().saturating_sub(found.touched);
        // a window locks itself in time; this is for one that does not. A terminal's program ends by itself
        let longest = Duration::from_secs(u64::from(known.guards.lock_after_min) * 60 + 60);
        let is_left_alone = found.is_screen && known.guards.lock_after_min > 0 && idle > longest;
        let person = known.people.iter().find(|one| one.id == found.operator_id && one.active);
        if person.is_none() || is_left_alone {
            taken.remove(seat);
            return None;
        }
        person.cloned()
    }

    fn touch(&self, seat: &Seat) {
        let now = self.parts.deps.clock.monotonic();
        if let Some(taken) = self.taken().get_mut(seat) {
            taken.touched = now;
        }
    }

    /// The session under which a command is answered.
    ///
    /// # Errors
    /// [`ErrorCode::SignInNeeded`].
    pub(super) async fn admit(&self, session: &Session, command: &str) -> Result<Session, ApiError> {
        let is_at_door = has_scope(command, Scope::Door);
        if has_scope(command, Scope::Machine)
            && let Some(admitted) = self.admit_to_machine(session, command).await?
        {
            return Ok(admitted);
        }
        let workspace = match self.workspace().await {
            Ok(workspace) => workspace,
            // a name that is nobody's opens nothing
            Err(error) if self.is_named() && !is_at_door => return Err(error),
            Err(_) if is_at_door => return Ok(session.clone()),
            // none is on screen: what is asked for then is about the machine, as putting a backup back
            Err(_) => return Ok(self.admit_to_machine(session, command).await?.unwrap_or_else(|| session.clone())),
        };
        let known = self.known(&workspace).await?;
        if !known.is_needed() {
            return Ok(session.clone());
        }
        match self.find_taken(&seat_of(session, &workspace), &known) {
            Some(person) => Ok(Session { operator: person.name, role: role_of(&person.role), ..session.clone() }),
            None if is_at_door => Ok(Session { operator: String::new(), role: AccessRole::Viewer, ..session.clone() }),
            None => Err(ApiError::new(ErrorCode::SignInNeeded, command)),
        }
    }

    /// The session of a command about the machine: as whoever this client is signed in as, with the most rights, in the
    /// workspaces that have people. `None` where none has.
    async fn admit_to_machine(&self, session: &Session, command: &str) -> Result<Option<Session>, ApiError> {
        let mut is_needed = false;
        let mut admitted: Option<Person> = None;
        for workspace in self.all_running().await {
            let known = self.known(&workspace).await?;
            is_needed |= known.is_needed();
            let person = self.find_taken(&seat_of(session, &workspace), &known);
            if person.as_ref().map(|one| role_of(&one.role)) > admitted.as_ref().map(|one| role_of(&one.role)) {
                admitted = person;
            }
        }
        match admitted {
            Some(person) => Ok(Some(Session { operator: person.name, role: role_of(&person.role), ..session.clone() })),
            None if is_needed => Err(ApiError::new(ErrorCode::SignInNeeded, command)),
            None => Ok(None),
        }
    }

    pub(super) async fn session_get(&self, session: &Session, _: Nothing) -> Result<SessionInfo, ApiError> {
        let Ok(workspace) = self.workspace().await else { return Ok(alone(session)) };
        let known = self.known(&workspace).await?;
        if !known.is_needed() {
            return Ok(alone(session));
        }
        let person = self.find_taken(&seat_of(session, &workspace), &known);
        Ok(SessionInfo {
            needed: true,
            signed_in: person.is_some(),
            operator: person.as_ref().map(|person| person.name.clone()).unwrap_or_default(),
            role: person.map(|person| person.role).unwrap_or_default(),
            lock_after_min: known.guards.lock_after_min,
            people: known.people.iter().filter(|one| one.active).map(|one| one.name.clone()).collect(),
        })
    }

    pub(super) async fn session_sign_in(
        &self,
        session: &Session,
        request: SignInRequest,
    ) -> Result<SessionInfo, ApiError> {
        let workspace = self.workspace().await?;
        match workspace.sign_in(&request.name, request.password.into()).await? {
            SignIn::Wrong => Err(ApiError::new(ErrorCode::WrongPassword, "")),
            SignIn::Wait { until_ms } => Err(ApiError::new(ErrorCode::TryLater, until_ms.to_string())),
            SignIn::Done(person) => {
                let touched = self.parts.deps.clock.monotonic();
                {
                    let mut taken = self.taken();
                    // the one that was left alone longest makes room
                    if taken.len() >= MOST_CLIENTS
                        && let Some(oldest) =
                            taken.iter().min_by_key(|(_, one)| one.touched).map(|(seat, _)| seat.clone())
                    {
                        taken.remove(&oldest);
                    }
                    taken.insert(seat_of(session, &workspace), Taken::new(&person.id, session, touched));
                }
                self.forget_known(&workspace).await;
                self.session_get(session, Nothing {}).await
            }
        }
    }

    /// Signs out at this client, in every workspace: whoever comes next is somebody else.
    pub(super) async fn session_lock(&self, session: &Session, _: Nothing) -> Result<Nothing, ApiError> {
        let client = client_of(session);
        self.taken().retain(|(one, _), _| *one != client);
        self.emit(&[Tag::App, Tag::People]);
        Ok(Nothing {})
    }

    /// A hand was on it.
    pub(super) async fn session_touch(&self, session: &Session, _: Nothing) -> Result<Nothing, ApiError> {
        let workspace = self.workspace().await?;
        self.touch(&seat_of(session, &workspace));
        Ok(Nothing {})
    }

    pub(super) async fn session_change_password(
        &self,
        session: &Session,
        request: OwnPassword,
    ) -> Result<Nothing, ApiError> {
        let workspace = self.workspace().await?;
        match workspace.sign_in(&session.operator, request.old.into()).await? {
            SignIn::Wrong => Err(ApiError::new(ErrorCode::WrongPassword, "")),
            SignIn::Wait { until_ms } => Err(ApiError::new(ErrorCode::TryLater, until_ms.to_string())),
            SignIn::Done(person) => {
                workspace.set_operator_password(&person.id, request.new.into()).await?;
                let own = seat_of(session, &workspace);
                self.taken().retain(|seat, taken| taken.operator_id != person.id || *seat == own);
                self.forget_known(&workspace).await;
                Ok(Nothing {})
            }
        }
    }

    pub(super) async fn people_list(&self, _: &Session, _: Nothing) -> Result<People, ApiError> {
        let known = self.known(&*self.workspace().await?).await?;
        Ok(People { people: known.people.iter().map(person_info).collect(), guards: guards_info(&known.guards) })
    }

    /// The first person is an administrator, and is signed in at once: nobody locks themselves out. Where another workspace has
    /// people already, theirs decide who that is: whoever is an administrator here has a say about the machine.
    pub(super) async fn people_add(&self, session: &Session, request: NewPerson) -> Result<People, ApiError> {
        let workspace = self.workspace().await?;
        let is_first = !self.known(&workspace).await?.is_needed();
        if is_first
            && let Some(admitted) = self.admit_to_machine(session, "people.add").await?
            && admitted.role < AccessRole::Admin
        {
            return Err(ApiError::new(
                ErrorCode::Forbidden,
                "the first person of a workspace, where another one has people",
            ));
        }
        let person = workspace.add_operator(&request.name, &request.role, request.password.into()).await?;
        if is_first {
            workspace.sign_in_first(&person.id).await?;
            let touched = self.parts.deps.clock.monotonic();
            self.taken().insert(seat_of(session, &workspace), Taken::new(&person.id, session, touched));
        }
        self.forget_known(&workspace).await;
        self.people_list(session, Nothing {}).await
    }

    pub(super) async fn people_change(&self, session: &Session, request: PersonChange) -> Result<People, ApiError> {
        let workspace = self.workspace().await?;
        workspace.change_operator(&request.id, &request.name, &request.role, request.active).await?;
        self.forget_known(&workspace).await;
        self.people_list(session, Nothing {}).await
    }

    /// A new password for somebody; where they are signed in, they are not any more.
    pub(super) async fn people_set_password(&self, _: &Session, request: PersonPassword) -> Result<Nothing, ApiError> {
        let workspace = self.workspace().await?;
        workspace.set_operator_password(&request.id, request.password.into()).await?;
        self.taken().retain(|_, taken| taken.operator_id != request.id);
        self.forget_known(&workspace).await;
        Ok(Nothing {})
    }

    /// Sets somebody's password anew for whoever owns this machine's account, as the program alone can: it is on record.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`]; a password that is too short.
    pub async fn reset_password(&self, name: &str, password: String) -> Result<(), ApiError> {
        let workspace = self.workspace().await?;
        let known = self.known(&workspace).await?;
        let person = known.people.iter().find(|one| one.name.eq_ignore_ascii_case(name.trim()));
        let id = person.map(|person| person.id.clone()).ok_or_else(|| ApiError::not_found(name))?;
        let owner = self.local_session(HostKind::Terminal);
        let request = json!({ "id": id, "password": password });
        self.carry_out(&owner, "people.set_password", request).await.map(|_| ())
    }

    pub(super) async fn people_set_guards(&self, session: &Session, request: GuardsInfo) -> Result<People, ApiError> {
        let workspace = self.workspace().await?;
        let known = self.known(&workspace).await?;
        let guards = guards_of(&request);
        let able =
            |role: AccessRole| known.people.iter().filter(|one| one.active && role_of(&one.role) >= role).count();
        // what nobody else could approve would never be done
        if (guards.storno || guards.delete || guards.bulk_over.is_some()) && able(AccessRole::Operator) < 2 {
            return Err(ApiError::invalid("guards", "second_person"));
        }
        if guards.limits && able(AccessRole::Admin) < 2 {
            return Err(ApiError::invalid("limits", "second_admin"));
        }
        workspace.set_guards(&guards).await?;
        self.forget_known(&workspace).await;
        self.people_list(session, Nothing {}).await
    }
}

/// Of a workspace without people, or of none.
fn alone(session: &Session) -> SessionInfo {
    SessionInfo {
        needed: false,
        signed_in: true,
        operator: session.operator.clone(),
        role: role_text(session.role).to_owned(),
        lock_after_min: 0,
        people: Vec::new(),
    }
}

fn person_info(person: &Person) -> PersonInfo {
    PersonInfo {
        id: person.id.clone(),
        name: person.name.clone(),
        role: person.role.clone(),
        active: person.active,
        created_ms: person.created_ms,
        changed_ms: person.changed_ms,
        signed_in_ms: person.signed_in_ms,
    }
}

fn guards_info(guards: &Guards) -> GuardsInfo {
    GuardsInfo {
        lock_after_min: guards.lock_after_min,
        storno: guards.storno,
        delete: guards.delete,
        bulk_over: guards.bulk_over,
        limits: guards.limits,
    }
}

fn guards_of(info: &GuardsInfo) -> Guards {
    Guards {
        lock_after_min: info.lock_after_min,
        storno: info.storno,
        delete: info.delete,
        bulk_over: info.bulk_over,
        limits: info.limits,
    }
}
