//! A display where there is none: a virtual screen with a window manager, a session bus and a keychain.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{bail, ensure};
use xshell::{Shell, TempDir};

use crate::child::{Running, now};

/// Whether this session has a display.
pub(crate) fn exists() -> bool {
    cfg!(not(target_os = "linux"))
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// A virtual screen.
pub(crate) struct Screen {
    name: String,
    _manager: Running,
    _server: Running,
    runtime: TempDir,
}

impl Screen {
    /// Starts one of 1280×800 on the first free number.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let number =
            (90..200).find(|number| !Path::new(&format!("/tmp/.X11-unix/X{number}")).exists());
        let Some(number) = number else {
            bail!("no display number is free")
        };
        let name = format!(":{number}");
        let mut server = Command::new("Xvfb");
        server
            .arg(&name)
            .args(["-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
        let server = Running::plain("Xvfb", server.stdout(Stdio::null()).stderr(Stdio::null()))?;
        let begun = now();
        while !Path::new(&format!("/tmp/.X11-unix/X{number}")).exists() {
            ensure!(
                begun.elapsed() < Duration::from_secs(10),
                "Xvfb does not start"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        let mut manager = Command::new("openbox");
        manager
            .env("DISPLAY", &name)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let manager = Running::plain("openbox", &mut manager)?;
        Ok(Self {
            name,
            _manager: manager,
            _server: server,
            // Beside other temporary things: the path of a socket must be short.
            runtime: Shell::new()?.create_temp_dir()?,
        })
    }

    /// Its name, for `DISPLAY`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Photographs it.
    pub(crate) fn photograph(&self, file: &Path) -> anyhow::Result<()> {
        let shot = Command::new("import")
            .args(["-display", &self.name, "-window", "root"])
            .arg(file)
            .status()?;
        ensure!(shot.success(), "the screenshot failed");
        Ok(())
    }
}

/// Wraps a program in a session bus with an unlocked keychain, both of its own and gone with it.
///
/// The keychain's password is in the script and its folder is private to this repository: it protects
/// nothing but lets the app take the way it takes on a desk. The runtime folder is its own too, because a
/// second keychain would take the control socket of the account's.
pub(crate) fn in_session(program: &Path, screen: &Screen, home: &Path) -> anyhow::Result<Command> {
    let script = home.join("session.sh");
    fs_err::create_dir_all(home)?;
    fs_err::write(&script, SESSION)?;
    let mut command = Command::new("dbus-run-session");
    command.arg("--").arg("sh").arg(&script).arg(program);
    command
        .env("DISPLAY", screen.name())
        .env("XDG_DATA_HOME", data_home(home))
        .env("XDG_RUNTIME_DIR", screen.runtime.path());
    // Drawn in software: there is no graphics card behind a virtual screen.
    command
        .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
        .env("LIBGL_ALWAYS_SOFTWARE", "1");
    command.env("NO_AT_BRIDGE", "1");
    Ok(command)
}

fn data_home(home: &Path) -> PathBuf {
    home.join("data")
}

const SESSION: &str = r#"mkdir -p "$XDG_DATA_HOME"
chmod 700 "$XDG_RUNTIME_DIR"
printf 'amethyst\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
exec "$@"
"#;
