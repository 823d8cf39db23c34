//! Prints the TypeScript bindings; `cargo xtask bindings` writes them into the UI.

use std::io::Write;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(amethyst_api::typescript().as_bytes())
}
