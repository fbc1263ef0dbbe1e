//! Whether there is a display: without one the windowing library panics before anything could be said.

/// `Err` names the variables of which one would have to be set.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn check() -> Result<(), &'static str> {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("DISPLAY") || set("WAYLAND_DISPLAY") { Ok(()) } else { Err("DISPLAY, WAYLAND_DISPLAY") }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn check() -> Result<(), &'static str> {
    Ok(())
}
