//! The Secret Service of this session, on Linux and its kin.
//!
//! Secrets go through the store of the keyring's library, one talk with the service for the whole process. Whether the service is
//! there is asked beside it and without a talk: daemons in use (gnome-keyring 42 was seen to, 50 is reported to) end when somebody
//! who begins one vanishes in that moment, and take every program's secrets from it with them.

use super::Standing;
use keyring::{Entry, Error};
use keyring_core::api::CredentialStoreApi;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use zbus::blocking::connection::Builder;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus_secret_service_keyring_store::Store;

/// Of the specification, as its interfaces and the alias.
const SERVICE: &str = "org.freedesktop.secrets";
const PATH: &str = "/org/freedesktop/secrets";

/// The talk of this process with the service, once it was begun.
static STORE: Mutex<Option<Arc<Store>>> = Mutex::new(None);

fn store() -> MutexGuard<'static, Option<Arc<Store>>> {
    STORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the service is on the bus, and its default collection unlocked. Asks no person for anything.
pub fn look(longest: Duration) -> Standing {
    match is_locked(longest) {
        Ok(Some(false)) => Standing::Open,
        Ok(Some(true)) => Standing::Shut("the keyring is locked".to_owned()),
        Ok(None) => Standing::Shut("the keyring has no default collection".to_owned()),
        Err(error) => shut_out(&error),
    }
}

/// `None` where there is no default collection.
fn is_locked(longest: Duration) -> zbus::Result<Option<bool>> {
    let bus = Builder::session()?.method_timeout(longest).build()?;
    let alias =
        bus.call_method(Some(SERVICE), PATH, Some("org.freedesktop.Secret.Service"), "ReadAlias", &("default",))?;
    let collection: OwnedObjectPath = alias.body().deserialize()?;
    if collection.as_str() == "/" {
        return Ok(None);
    }
    let asked = ("org.freedesktop.Secret.Collection", "Locked");
    let locked = bus.call_method(Some(SERVICE), &collection, Some("org.freedesktop.DBus.Properties"), "Get", &asked)?;
    Ok(Some(locked.body().deserialize::<OwnedValue>()?.try_into()?))
}

/// Why a service does not let itself be used.
fn shut_out(error: &zbus::Error) -> Standing {
    let said = error.to_string();
    match error {
        zbus::Error::MethodError(name, ..) => match name.rsplit('.').next() {
            // a bus on which nobody offers it: nobody came when it was first asked
            Some("ServiceUnknown" | "NameHasNoOwner") => Standing::Absent(said),
            // one that does not answer in time is silent, or asks somebody
            Some("NoReply" | "Timeout" | "TimedOut" | "IsLocked") => Standing::Shut(said),
            _ => Standing::Refuses(said),
        },
        zbus::Error::InputOutput(error) if error.kind() == std::io::ErrorKind::TimedOut => Standing::Shut(said),
        // no word of any service: there is no bus
        _ => Standing::Absent(said),
    }
}

/// One secret of the store; the first begins the talk.
pub fn entry(service: &str, name: &str) -> keyring::Result<Entry> {
    let known = store().clone();
    let store = match known {
        Some(known) => known,
        None => {
            // not under the lock: a silent service would hold it
            let begun = Store::new()?;
            store().insert(begun).clone()
        }
    };
    Ok(Entry { inner: store.build(service, name, None)? })
}

pub fn was_asked_before() -> bool {
    store().is_some()
}

/// Ends the talk: the next secret begins another.
pub fn forget() {
    store().take();
}

/// Whether the service is on the bus no more, or the bus itself has gone.
pub fn is_gone(error: &Error) -> bool {
    let Error::PlatformFailure(error) = error else { return false };
    let of_bus = error.source().and_then(|source| source.downcast_ref::<zbus::Error>());
    of_bus.is_some_and(|error| matches!(shut_out(error), Standing::Absent(_)))
}
