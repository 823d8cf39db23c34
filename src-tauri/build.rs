//! Checks configuration and capabilities, and embeds them.

#[expect(clippy::exit, clippy::print_stdout, reason = "how build scripts speak")]
fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        // A build script tells its failure by its exit code.
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}
