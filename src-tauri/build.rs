//! Checks configuration and capabilities, and embeds them.

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        // A build script tells its failure by its exit code.
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}
