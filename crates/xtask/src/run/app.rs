//! The app with its embedded backend.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{bail, ensure};

use super::display::{self, Screen};
use super::{Interrupt, backend};
use crate::child::{Running, now};
use crate::{root, setup};

/// Opens the app and waits until it closes or we are interrupted.
pub(crate) fn run(screenshot_and_exit: bool, interrupt: &Interrupt) -> anyhow::Result<()> {
    let home = root::target().join("run");
    fs_err::create_dir_all(&home)?;
    let home = fs_err::canonicalize(&home)?;
    let connection = home.join("backend.json");
    if connection.exists() {
        // Left by a run that was killed; a living backend would not let go of its port either.
        fs_err::remove_file(&connection)?;
    }
    setup::say("starting the local backend");
    let mut server = backend::start(&[], &connection, interrupt)?;
    say_where(&connection)?;
    if display::exists() {
        let mut command = Command::new(root::program("amethyst"));
        command.env("AMETHYST_BACKEND_FILE", &connection);
        let mut app = Running::plain("amethyst", &mut command)?;
        setup::say("Amethyst is open; close its window or press Ctrl-C to stop everything");
        return watch(&mut app, &mut server, interrupt);
    }
    setup::say("there is no display: opening the app on a virtual one");
    let screen = Screen::start()?;
    let program = root::program("amethyst");
    let mut command = display::in_session(&program, &screen, &home)?;
    command.env("AMETHYST_BACKEND_FILE", &connection);
    let log = home.join("app.log");
    let file = fs_err::File::create(&log)?.into_file();
    command.stdout(file.try_clone()?).stderr(file);
    let mut app = Running::plain("amethyst", &mut command)?;
    let shot = photograph(&screen, &mut app, interrupt)?;
    setup::say(&format!("screenshot: {}", shot.display()));
    if screenshot_and_exit {
        return Ok(());
    }
    setup::say("Amethyst is running; press Ctrl-C to stop everything");
    watch(&mut app, &mut server, interrupt)
}

fn say_where(connection: &std::path::Path) -> anyhow::Result<()> {
    let text = fs_err::read_to_string(connection)?;
    let file: serde_json::Value = serde_json::from_str(&text)?;
    for (name, label) in [("url", "server"), ("inbox_url", "mail")] {
        println!("  {label}: {}", file[name].as_str().unwrap_or_default());
    }
    Ok(())
}

/// Waits for the window, then for its first content.
fn photograph(
    screen: &Screen,
    app: &mut Running,
    interrupt: &Interrupt,
) -> anyhow::Result<PathBuf> {
    let begun = now();
    loop {
        ensure!(!interrupt.came(), "interrupted");
        ensure!(
            app.ended().is_none(),
            "the app ended at once; see target/run/app.log"
        );
        let seen = Command::new("xdotool")
            .env("DISPLAY", screen.name())
            .args(["search", "--onlyvisible", "--name", "^Amethyst$"])
            .output()?;
        if seen.status.success() {
            break;
        }
        ensure!(
            begun.elapsed() < Duration::from_secs(60),
            "the window does not open"
        );
        std::thread::sleep(Duration::from_millis(200));
    }
    // The page paints soon after its window; a second look would not tell a blank page from a calm one.
    std::thread::sleep(Duration::from_secs(4));
    let shot = fs_err::canonicalize(root::target())?.join("run/amethyst.png");
    screen.photograph(&shot)?;
    Ok(shot)
}

fn watch(app: &mut Running, server: &mut Running, interrupt: &Interrupt) -> anyhow::Result<()> {
    loop {
        if interrupt.came() {
            setup::say("stopping");
            return Ok(());
        }
        if let Some(well) = app.ended() {
            ensure!(
                well,
                "the app ended with an error; its log is in the data folder"
            );
            return Ok(());
        }
        if server.ended().is_some() {
            bail!("the backend ended; its log is target/backend.log");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}
