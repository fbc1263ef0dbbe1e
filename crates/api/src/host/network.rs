//! Hosts of the operator's own network that may be reached.

use super::Host;
use crate::commands::{Session, Tag};
use crate::dto::*;
use crate::error::ApiError;

const MOST_HOSTS: usize = 50;
const LONGEST_HOST: usize = 253;

impl Host {
    pub(super) async fn network_get(&self, _: &Session, _: Nothing) -> Result<NetworkInfo, ApiError> {
        Ok(NetworkInfo { private_hosts: self.parts.private_hosts.list() })
    }

    pub(super) async fn network_permit(
        &self,
        session: &Session,
        request: NetworkHost,
    ) -> Result<NetworkInfo, ApiError> {
        let host = request.host.trim();
        let is_host = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | ':' | '[' | ']' | '_');
        if host.is_empty() || host.len() > LONGEST_HOST || !host.chars().all(is_host) {
            return Err(ApiError::invalid("host", host.chars().take(LONGEST_HOST).collect::<String>()));
        }
        if self.parts.private_hosts.list().len() >= MOST_HOSTS {
            return Err(ApiError::invalid("hosts", "too_many"));
        }
        self.parts.private_hosts.permit(host);
        self.keep_private_hosts().await?;
        self.network_get(session, Nothing {}).await
    }

    pub(super) async fn network_forbid(
        &self,
        session: &Session,
        request: NetworkHost,
    ) -> Result<NetworkInfo, ApiError> {
        self.parts.private_hosts.forbid(&request.host);
        self.keep_private_hosts().await?;
        self.network_get(session, Nothing {}).await
    }

    async fn keep_private_hosts(&self) -> Result<(), ApiError> {
        let mut state = self.state.lock().await;
        state.settings.private_hosts = self.parts.private_hosts.list();
        state.settings.write(&self.parts.home)?;
        self.emit(&[Tag::App]);
        Ok(())
    }
}
