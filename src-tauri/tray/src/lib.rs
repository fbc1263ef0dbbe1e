//! Adds the tray to the window's framework where the system is not Linux, and nothing else.
//!
//! It is a crate of its own because the bundler takes every feature that the window's manifest gives to `tauri` for one of every
//! system: named there, it would make Linux packages need a library for a tray that Punte draws by itself.
