//! Set-up, run, test and upkeep of the repository.

fn main() {}
