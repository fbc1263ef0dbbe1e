fn main() {
    // `call` is declared, so that only windows with the capability may use it
    let manifest = tauri_build::AppManifest::new().commands(&["call"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)).expect("tauri's build step");
}
