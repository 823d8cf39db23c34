//! The one window.

use tauri::window::Color;
use tauri::{AppHandle, Runtime, Url, WebviewUrl, WebviewWindowBuilder};

/// The stage's color of the dark theme, shown before the first paint instead of a white flash.
const STAGE: Color = Color(0x11, 0x11, 0x14, 0xff);

/// Opens the window.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, "main", WebviewUrl::App("index.html".into()))
        .title("Amethyst")
        .inner_size(1280.0, 800.0)
        .min_inner_size(960.0, 640.0)
        .background_color(STAGE)
        .on_navigation(is_ours)
        .build()?;
    Ok(())
}

/// The window never leaves the application's own pages.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}
