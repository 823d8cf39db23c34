//! Rebuilds when a file of SQL is added or removed; the macro sees only changes of those it knows.

fn main() {
    println!("cargo:rerun-if-changed=platform");
    println!("cargo:rerun-if-changed=../../supabase/migrations");
    println!("cargo:rerun-if-changed=../../supabase/seed.sql");
}
