//! The access token: kept until shortly before it dies, renewed by one caller at a time.
//!
//! Within its life Oblio hands the same token out again, so one asked for in its last seconds dies at once: after a
//! refusal the same token coming back is asked for once more, five seconds later.

use crate::call::Operation;
use punte_domain::Failure;
use secrecy::{ExposeSecret, SecretString};
use std::future::Future;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Renewed this long before it ends.
const MARGIN: Duration = Duration::from_secs(60);
/// Life of a token whose answer does not tell.
const ASSUMED: Duration = Duration::from_secs(10 * 60);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
const SAME_TOKEN_WAIT: Duration = Duration::from_secs(5);

struct Held {
    token: SecretString,
    renew_at: Instant,
}

#[derive(Default)]
pub(super) struct TokenKeeper(Mutex<Option<Held>>);

/// A token fresh from Oblio.
pub(super) struct Fresh {
    pub token: SecretString,
    pub life: Option<Duration>,
}

pub(super) fn token_operation(account: &str) -> Operation {
    Operation::new("sign in", account)
}

impl TokenKeeper {
    /// A token to use now. `refused` is one that Oblio has just turned down: it is not given again if another can be had.
    pub(super) async fn token<F, Fut>(&self, refused: Option<&SecretString>, ask: F) -> Result<SecretString, Failure>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<Fresh, Failure>>,
    {
        let mut held = self.0.lock().await;
        let is_refused = |token: &SecretString| refused.is_some_and(|r| r.expose_secret() == token.expose_secret());
        if let Some(known) = held.as_ref()
            && known.renew_at > Instant::now()
            && !is_refused(&known.token)
        {
            return Ok(known.token.clone());
        }
        *held = None;
        let mut fresh = ask().await?;
        if is_refused(&fresh.token) {
            tokio::time::sleep(SAME_TOKEN_WAIT).await;
            fresh = ask().await?;
        }
        let life = fresh.life.unwrap_or(ASSUMED).min(LONGEST);
        let usable = life.checked_sub(MARGIN).filter(|left| !left.is_zero()).unwrap_or(life / 2);
        *held = Some(Held { token: fresh.token.clone(), renew_at: Instant::now() + usable });
        Ok(fresh.token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn fresh(token: &str, life_s: u64) -> Fresh {
        Fresh { token: SecretString::from(token), life: Some(Duration::from_secs(life_s)) }
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_kept_until_shortly_before_its_end() {
        let asked = AtomicUsize::new(0);
        let keeper = TokenKeeper::default();
        let ask = || async {
            let count = asked.fetch_add(1, Ordering::SeqCst);
            Ok(fresh(&format!("token{count}"), 3600))
        };
        for (advance_s, expected) in [(0, "token0"), (3500, "token0"), (40, "token1"), (0, "token1")] {
            tokio::time::advance(Duration::from_secs(advance_s)).await;
            assert_eq!(keeper.token(None, ask).await.unwrap().expose_secret(), expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn many_callers_make_one_renewal() {
        let asked = Arc::new(AtomicUsize::new(0));
        let keeper = Arc::new(TokenKeeper::default());
        let callers: Vec<_> = (0..20)
            .map(|_| {
                let (keeper, asked) = (keeper.clone(), asked.clone());
                tokio::spawn(async move {
                    let ask = || async {
                        asked.fetch_add(1, Ordering::SeqCst);
                        tokio::time::sleep(Duration::from_secs(1)).await;
                        Ok(fresh("token", 3600))
                    };
                    keeper.token(None, ask).await.unwrap();
                })
            })
            .collect();
        for caller in callers {
            caller.await.unwrap();
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_that_comes_back_is_asked_for_again_later() {
        let asked = AtomicUsize::new(0);
        let keeper = TokenKeeper::default();
        let ask = || async {
            let count = asked.fetch_add(1, Ordering::SeqCst);
            Ok(fresh(if count < 2 { "old" } else { "new" }, 3600))
        };
        let old = keeper.token(None, ask).await.unwrap();
        let start = Instant::now();
        assert_eq!(keeper.token(Some(&old), ask).await.unwrap().expose_secret(), "new");
        assert_eq!(start.elapsed(), SAME_TOKEN_WAIT);
        assert_eq!(keeper.token(Some(&old), ask).await.unwrap().expose_secret(), "new", "renewed already by another");
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_renewal_keeps_nothing() {
        let keeper = TokenKeeper::default();
        let failing = || async {
            let operation = token_operation("ana@x.ro");
            Err(operation.broken(&crate::transport::TransportError::TimedOut))
        };
        assert!(keeper.token(None, failing).await.is_err());
        let ask = || async { Ok(fresh("token", 3600)) };
        assert!(keeper.token(None, ask).await.is_ok());
    }
}
