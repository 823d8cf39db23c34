//! Whether the machine's connection is metered, told to the core whenever it changes.
//!
//! Linux: GIO's network monitor, which asks NetworkManager. Windows: the cost of the present connection
//! profile, looked at now and then. macOS has no such word that can be had without a run loop of its own;
//! there the user decides in the settings.

use tauri::{AppHandle, Manager};

use crate::client::Client;

/// Begins to watch. Where nobody knows, every connection counts as not metered.
#[cfg(target_os = "linux")]
pub(crate) fn watch(app: &AppHandle) {
    use gio::prelude::*;

    let monitor = gio::NetworkMonitor::default();
    tell(app, monitor.is_network_metered());
    let app = app.clone();
    monitor.connect_network_metered_notify(move |monitor| {
        tell(&app, monitor.is_network_metered());
    });
}

/// Begins to watch. Where nobody knows, every connection counts as not metered.
#[cfg(windows)]
pub(crate) fn watch(app: &AppHandle) {
    /// A change of network is rare, and half a minute of thumbnails costs little.
    const PAUSE: std::time::Duration = std::time::Duration::from_secs(30);

    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        loop {
            tell(&app, is_metered().unwrap_or(false));
            tokio::time::sleep(PAUSE).await;
        }
    });
}

#[cfg(windows)]
fn is_metered() -> windows::core::Result<bool> {
    use windows::Networking::Connectivity::{NetworkCostType, NetworkInformation};

    let profile = NetworkInformation::GetInternetConnectionProfile()?;
    let cost = profile.GetConnectionCost()?.NetworkCostType()?;
    Ok(cost == NetworkCostType::Fixed || cost == NetworkCostType::Variable)
}

/// Nobody to ask.
#[cfg(not(any(target_os = "linux", windows)))]
pub(crate) fn watch(app: &AppHandle) {
    tell(app, false);
}

fn tell(app: &AppHandle, metered: bool) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        // A core that could not start asks nobody for files either.
        if let Ok(core) = app.state::<Client>().core().await {
            core.set_metered(metered).await;
        }
    });
}
