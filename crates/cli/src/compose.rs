//! The composition: clock, credential store, transport, simulators and host, for whoever shows them.

use crate::network::{self, NetworkWatch};
use punte_api::dto::{SandboxFault, SandboxInfo};
use punte_api::{ApiError, Host, Parts, SandboxHandle, SandboxLogin, SandboxStarter};
use punte_connectors::Budgets;
use punte_connectors::transport::{HttpTransport, HttpTransportConfig, PrivateHosts};
use punte_engine::{Deps, SystemClock, Timing};
use punte_http::{Listening, MetricsListening, OwnerNote, Place};
use punte_sandbox::{
    Endpoints, Fault, FaultKind, Limits, Provider, RunningSandbox, Sandbox, SandboxConfig, SandboxError,
};
use punte_vault::{Cost, OsKeyring, SwitchVault, VaultState};
use secrecy::SecretString;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use zeroize::Zeroizing;

/// Where the app keeps its state: an explicit folder, `PUNTE_HOME`, or the system's place for application data.
pub fn home(explicit: Option<PathBuf>) -> PathBuf {
    explicit.or_else(|| std::env::var_os("PUNTE_HOME").map(PathBuf::from)).unwrap_or_else(|| {
        directories::ProjectDirs::from("ro", "Punte", "punte")
            .map_or_else(|| PathBuf::from("punte-data"), |dirs| dirs.data_local_dir().to_owned())
    })
}

/// Name of whoever sits at the machine, for the timeline.
fn operator() -> String {
    ["USER", "USERNAME", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_else(|| "operator".to_owned())
}

/// What tells this machine from others: `PUNTE_MACHINE_ID` (for a container, whose system's id changes), the system's own
/// id, else a random one kept in the state folder. Empty where none can be kept: then all such machines count as one.
fn machine(home: &Path) -> String {
    let is_good = |id: &String| !id.trim().is_empty();
    let given = std::env::var("PUNTE_MACHINE_ID").ok().filter(is_good);
    given.or_else(|| machine_uid::get().ok().filter(is_good)).unwrap_or_else(|| {
        let path = home.join("machine-id");
        std::fs::read_to_string(&path).ok().filter(is_good).unwrap_or_else(|| {
            let made = uuid::Uuid::new_v4().simple().to_string();
            match std::fs::create_dir_all(home).and_then(|()| std::fs::write(&path, &made)) {
                Ok(()) => made,
                Err(error) => {
                    tracing::warn!(%error, "no id of this machine can be kept");
                    String::new()
                }
            }
        })
    })
}

/// Name of the encrypted file of credentials, in the state folder, where there is one.
const VAULT_FILE: &str = "credentials.vault";
/// Name of the credential in which systemd hands the passphrase over (`LoadCredential=punte-passphrase:…`).
const GIVEN_PASSPHRASE: &str = "punte-passphrase";

/// The passphrase that a service manager hands over opens the file. Where no keyring is and nothing was chosen, handing one
/// over is the choice of the file.
async fn take_given_passphrase(host: &Host) {
    let Some(folder) = std::env::var_os("CREDENTIALS_DIRECTORY") else { return };
    let passphrase = match std::fs::read_to_string(Path::new(&folder).join(GIVEN_PASSPHRASE)) {
        Ok(text) => Zeroizing::new(text),
        Err(error) => return tracing::info!(%error, "no passphrase is handed over"),
    };
    let passphrase = SecretString::from(passphrase.trim_end_matches(['\n', '\r']));
    let taken = match host.vault_status().state {
        VaultState::Locked => host.unlock_vault(passphrase).await,
        VaultState::NotChosen | VaultState::Refused => host.choose_vault_file(passphrase).await,
        VaultState::Ready | VaultState::Waiting => return,
    };
    if let Err(error) = taken {
        tracing::error!(%error, "the passphrase that was handed over opens nothing");
    }
}

/// What is done with every sandbox before anything talks to it.
pub type Prepare = Arc<dyn Fn(&Sandbox) -> Result<(), SandboxError> + Send + Sync>;

/// How a composition is made.
#[derive(Clone)]
pub struct Options {
    pub home: PathBuf,
    /// Keep secrets in memory only: for the demo, which must not touch a keyring.
    pub no_keyring: bool,
    pub prepare_sandbox: Option<Prepare>,
}

/// Everything that runs.
pub struct Composition {
    pub host: Arc<Host>,
    pub sandboxes: Sandboxes,
    listening: Option<Listening>,
    metrics: Option<MetricsListening>,
    notes: Arc<Notes>,
    _network: Option<NetworkWatch>,
}

/// Where this process listens, once it does, and the folders that it owns: each gets a note that says so.
#[derive(Default)]
struct Notes {
    own: OnceLock<OwnerNote>,
    folders: Mutex<Vec<PathBuf>>,
}

impl Notes {
    fn leave(&self, folder: &Path) {
        if let Some(note) = self.own.get()
            && let Err(error) = note.write(folder)
        {
            tracing::warn!(%error, "no note could be left: others will not find the owner");
        }
        if let Ok(mut folders) = self.folders.lock() {
            folders.push(folder.to_owned());
        }
    }
}

/// Simulators that listen.
pub struct Served {
    pub sandbox: Arc<Sandbox>,
    running: RunningSandbox,
}

/// The simulators that run in this process, by their workspace's folder.
pub type Sandboxes = Arc<Mutex<HashMap<PathBuf, Served>>>;

/// Puts the parts together. Opens no workspace.
pub async fn compose(options: Options) -> Result<Composition, ApiError> {
    let vault = SwitchVault::new(options.home.join(VAULT_FILE), Arc::new(OsKeyring::default()), Cost::default());
    let sandboxes = Sandboxes::default();
    let notes = Arc::new(Notes::default());
    let private_hosts = PrivateHosts::default();
    let transport = HttpTransportConfig { private_hosts: private_hosts.clone(), ..HttpTransportConfig::default() };
    let deps = Deps {
        clock: Arc::new(SystemClock::default()),
        vault: vault.clone(),
        transport: Arc::new(HttpTransport::new(transport)),
        budgets: Arc::new(Budgets::new()),
        addresses: HashMap::new(),
        timing: Timing::default(),
        meters: Arc::default(),
        machine: machine(&options.home),
        state: options.home.clone(),
    };
    let host = Host::new(Parts {
        home: options.home.clone(),
        deps,
        vault: vault.clone(),
        operator: operator(),
        private_hosts,
        sandbox: starter(sandboxes.clone(), options.prepare_sandbox.clone()),
        listener: Arc::new(|sink, port| Box::pin(punte_http::listen_for_hooks(sink, port))),
        opened: {
            let notes = notes.clone();
            Arc::new(move |folder| notes.leave(folder))
        },
    })?;
    if options.no_keyring {
        vault.hold_in_memory("not wanted");
        host.tell_of_vault();
    } else {
        host.open_vault().await;
        take_given_passphrase(&host).await;
    }
    let network = network::watch(&host);
    Ok(Composition { host, sandboxes, listening: None, metrics: None, notes, _network: network })
}

impl Composition {
    /// Listens on loopback for attached clients. Every workspace opened from here on tells where.
    pub async fn listen(&mut self) -> std::io::Result<()> {
        self.listen_at(Place::default()).await
    }

    /// The same at a place of the caller's choice, with the screens beside it where they are named.
    pub async fn listen_at(&mut self, place: Place) -> std::io::Result<()> {
        let token: String = (0..2).map(|_| uuid::Uuid::new_v4().simple().to_string()).collect();
        let listening = punte_http::serve(self.host.clone(), token, place).await?;
        let note = OwnerNote { pid: std::process::id(), port: listening.port, token: listening.token.clone() };
        // listening twice would leave the first note standing; the first listener is gone by then
        if self.notes.own.set(note).is_err() {
            return Err(std::io::Error::other("already listening"));
        }
        self.listening = Some(listening);
        Ok(())
    }

    /// Serves metrics at a port of loopback; answers where. Nothing for port 0.
    pub async fn serve_metrics(&mut self, port: u16) -> std::io::Result<Option<String>> {
        if port == 0 {
            return Ok(None);
        }
        let listening = punte_http::serve_metrics(self.host.clone(), port).await?;
        let address = format!("http://127.0.0.1:{}/metrics", listening.port);
        self.metrics = Some(listening);
        Ok(Some(address))
    }

    /// Where a browser finds the screens: the token is in the fragment, which no request carries.
    pub fn address(&self) -> Option<String> {
        let listening = self.listening.as_ref()?;
        Some(format!("http://127.0.0.1:{}/#token={}", listening.port, listening.token))
    }

    /// Stops workspaces, listener and simulators, in this order.
    pub async fn shut_down(&self) {
        self.host.shut_down().await;
        if let (Ok(folders), Some(note)) = (self.notes.folders.lock(), self.notes.own.get()) {
            folders.iter().for_each(|folder| note.remove(folder));
        }
        let served: Vec<Served> =
            self.sandboxes.lock().map(|mut all| all.drain().map(|(_, one)| one).collect()).unwrap_or_default();
        for one in served {
            one.running.shutdown().await;
        }
    }
}

fn starter(sandboxes: Sandboxes, prepare: Option<Prepare>) -> SandboxStarter {
    Arc::new(move |folder: PathBuf| {
        let (sandboxes, prepare) = (sandboxes.clone(), prepare.clone());
        Box::pin(async move {
            let config = SandboxConfig {
                state_file: Some(folder.join("sandbox.json")),
                rate_limits: Limits::Off,
                ..SandboxConfig::default()
            };
            let sandbox = Arc::new(Sandbox::open(config).map_err(|error| error.to_string())?);
            if let Some(prepare) = &prepare {
                prepare(&sandbox).map_err(|error| error.to_string())?;
            }
            let running = sandbox.serve_loopback().await.map_err(|error| error.to_string())?;
            let handle = handle_of(&sandbox, running.endpoints());
            if let Ok(mut all) = sandboxes.lock() {
                all.insert(folder, Served { sandbox, running });
            }
            Ok(handle)
        })
    })
}

fn handle_of(sandbox: &Arc<Sandbox>, endpoints: &Endpoints) -> SandboxHandle {
    let addresses = HashMap::from([
        ("sandbox:woocommerce".to_owned(), endpoints.woocommerce.url.clone()),
        ("sandbox:smartbill".to_owned(), endpoints.smartbill.url.clone()),
        ("sandbox:oblio".to_owned(), endpoints.oblio.url.clone()),
    ]);
    let login = |account: &str, secret: &str, company: &str, series: &str| SandboxLogin {
        account: account.to_owned(),
        secret: secret.to_owned(),
        company: company.to_owned(),
        series: series.to_owned(),
    };
    let (woo, smartbill, oblio) = (&endpoints.woocommerce, &endpoints.smartbill, &endpoints.oblio);
    let [for_info, for_fault, for_clear, for_orders] = std::array::from_fn(|_| sandbox.clone());
    SandboxHandle {
        addresses,
        woocommerce: login(&woo.key, &woo.secret, "", ""),
        smartbill: login(&smartbill.username, &smartbill.token, &smartbill.company, &smartbill.series),
        oblio: login(&oblio.email, &oblio.secret, &oblio.company, &oblio.series),
        info: Arc::new(move || info_of(&for_info)),
        set_fault: Arc::new(move |fault| for_fault.set_fault(fault_of(&fault)?).map_err(|error| error.to_string())),
        clear_faults: Arc::new(move || for_clear.clear_faults().map_err(|error| error.to_string())),
        add_orders: Arc::new(move |count| {
            for_orders.add_random_orders(count.into()).map(|_| ()).map_err(|error| error.to_string())
        }),
    }
}

fn info_of(sandbox: &Sandbox) -> SandboxInfo {
    let state = sandbox.state();
    let documents =
        |provider: &str| state[provider]["documents"].as_array().map_or(0, |documents| documents.len() as u32);
    SandboxInfo {
        faults: state["faults"]
            .as_array()
            .map(|faults| {
                faults
                    .iter()
                    .map(|fault| SandboxFault {
                        provider: fault["provider"].as_str().unwrap_or_default().to_owned(),
                        kind: fault["kind"].as_str().unwrap_or_default().to_owned(),
                        times: fault["times"].as_u64().map(|times| times as u32),
                    })
                    .collect()
            })
            .unwrap_or_default(),
        smartbill_documents: documents("smartbill"),
        oblio_documents: documents("oblio"),
        orders: state["woocommerce"]["orders"].as_u64().unwrap_or_default() as u32,
    }
}

fn fault_of(fault: &SandboxFault) -> Result<Fault, String> {
    let provider: Provider =
        serde_json::from_value(fault.provider.clone().into()).map_err(|error| error.to_string())?;
    let kind: FaultKind = serde_json::from_value(fault.kind.clone().into()).map_err(|error| error.to_string())?;
    // switches for trouble concern what creates; a shop has only reads
    let operation =
        if provider == Provider::WooCommerce || matches!(kind, FaultKind::WrongCredential) { "any" } else { "create" };
    let made = Fault::new(provider, operation, kind);
    // long enough to be seen, short enough to be waited for
    let made = if matches!(kind, FaultKind::Status429) { made.delay_ms(15_000) } else { made };
    Ok(match fault.times {
        Some(times) => made.times(times),
        None => made,
    })
}
