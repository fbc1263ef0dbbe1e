//! A client attached to a workspace's owner: the same commands, asked over loopback.

use crate::note::OwnerNote;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use punte_api::{ApiError, Event, HostKind};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);
const LINE: usize = 64 * 1024;
const ANSWER: usize = 64 * 1024 * 1024;

/// Why an owner could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// The owner left no note, or the note's port is silent: it is known only that somebody holds the lock.
    #[error("the workspace is owned by {}, which does not answer: {detail}", named(*pid))]
    Silent { pid: Option<u32>, detail: String },
    /// The owner answered with an error of the api.
    #[error(transparent)]
    Api(#[from] ApiError),
}

fn named(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

/// A connection to a workspace's owner.
pub struct Attached {
    note: OwnerNote,
    host: HostKind,
    /// Tells this client from the owner's others.
    client_id: String,
    /// The workspace that calls are about; `None`: the one that the owner shows.
    about: Mutex<Option<String>>,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Attached {
    /// Attaches to the owner of a folder for calls about its workspace, whatever the owner itself shows.
    pub async fn to(folder: &Path, host: HostKind) -> Result<Attached, AttachError> {
        let attached = Attached::to_owner(folder, host).await?;
        let app = attached.call("app.get", serde_json::Value::Null).await?;
        let is_it = |known: &&serde_json::Value| {
            let path = known["folder"].as_str().map(Path::new).and_then(|path| path.canonicalize().ok());
            path.is_some() && path == folder.canonicalize().ok()
        };
        let known = app["workspaces"].as_array().and_then(|all| all.iter().find(is_it));
        attached.turn_to(known.and_then(|known| known["id"].as_str()).map(str::to_owned));
        Ok(attached)
    }

    /// From here on calls are about this workspace of the owner's; `None`: about the one that the owner shows.
    pub fn turn_to(&self, workspace: Option<String>) {
        *self.about.lock().unwrap_or_else(PoisonError::into_inner) = workspace;
    }

    /// Reads the owner's note and checks that the owner answers.
    pub async fn to_owner(folder: &Path, host: HostKind) -> Result<Attached, AttachError> {
        let note = OwnerNote::find(folder)
            .ok_or_else(|| AttachError::Silent { pid: None, detail: "it left no note".to_owned() })?;
        let attached = Attached {
            note,
            host,
            client_id: uuid::Uuid::new_v4().simple().to_string(),
            about: Mutex::default(),
            client: Client::builder(TokioExecutor::new()).build_http(),
        };
        attached.call("app.get", serde_json::Value::Null).await?;
        Ok(attached)
    }

    pub fn owner_pid(&self) -> u32 {
        self.note.pid
    }

    pub async fn call(&self, command: &str, payload: serde_json::Value) -> Result<serde_json::Value, AttachError> {
        let about = self.about.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.call_about(about, command, payload).await
    }

    /// A call about one workspace of the owner's; `None`: about the one that the owner shows.
    pub async fn call_about(
        &self,
        about: Option<String>,
        command: &str,
        payload: serde_json::Value,
    ) -> Result<serde_json::Value, AttachError> {
        let silent = |detail: String| AttachError::Silent { pid: Some(self.note.pid), detail };
        let mut request = Request::builder();
        if let Some(workspace) = about {
            request = request.header(crate::ABOUT, workspace);
        }
        let request = request
            .method(Method::POST)
            .uri(format!("http://127.0.0.1:{}/call/{command}", self.note.port))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.note.token))
            .header(crate::CLIENT, &self.client_id)
            .header(crate::HOST, self.host.as_str())
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(payload.to_string())))
            .map_err(|error| silent(error.to_string()))?;
        let asked = async {
            let response = self.client.request(request).await.map_err(|error| silent(error.to_string()))?;
            let status = response.status();
            let body = Limited::new(response.into_body(), ANSWER)
                .collect()
                .await
                .map_err(|error| silent(error.to_string()))?
                .to_bytes();
            if status.is_success() {
                return serde_json::from_slice(&body).map_err(|error| silent(error.to_string()));
            }
            match serde_json::from_slice::<ApiError>(&body) {
                Ok(error) => Err(AttachError::Api(error)),
                Err(_) => Err(silent(format!("HTTP {status}"))),
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.map_err(|_| silent("no answer in time".to_owned()))?
    }

    /// Tells of every change at the owner, until the owner ends.
    pub async fn listen(&self, mut told: impl FnMut(Event)) -> Result<(), AttachError> {
        let silent = |detail: String| AttachError::Silent { pid: Some(self.note.pid), detail };
        let request = Request::builder()
            .uri(format!("http://127.0.0.1:{}/events", self.note.port))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.note.token))
            .body(Full::new(Bytes::new()))
            .map_err(|error| silent(error.to_string()))?;
        let response = self.client.request(request).await.map_err(|error| silent(error.to_string()))?;
        let mut body = response.into_body();
        let mut text = String::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| silent(error.to_string()))?;
            text.push_str(&String::from_utf8_lossy(frame.data_ref().map_or(&[], |data| data)));
            while let Some(end) = text.find('\n') {
                let line: String = text.drain(..=end).collect();
                if let Some(event) = line.strip_prefix("data:").and_then(|json| serde_json::from_str(json.trim()).ok())
                {
                    told(event);
                }
            }
            // a line of ours is a few tags long
            if text.len() > LINE {
                text.clear();
            }
        }
        Ok(())
    }
}
