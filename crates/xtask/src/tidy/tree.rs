//! The tree in README.md: it names every folder that there is, and none that is not.

use std::collections::BTreeSet;

const README: &str = "README.md";

/// Folders that the tree forgets or invents.
pub(super) fn check(files: &[String]) -> anyhow::Result<Vec<String>> {
    let told = told(&fs_err::read_to_string(README)?);
    let there = there(files);
    let forgotten = there
        .difference(&told)
        .map(|folder| format!("{README}: the tree forgets {folder}"));
    let invented = told
        .difference(&there)
        .map(|folder| format!("{README}: {folder} is in the tree only"));
    Ok(forgotten.chain(invented).collect())
}

/// What the README says: the lines of its tree begin with a folder, indented below the one it is in.
fn told(readme: &str) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    let mut parent = "";
    let tree = readme.lines().skip_while(|line| *line != "## The tree");
    let tree = tree.skip_while(|line| !line.starts_with("```")).skip(1);
    for line in tree.take_while(|line| !line.starts_with("```")) {
        let name = line.split_whitespace().next().unwrap_or_default();
        if line.starts_with(' ') {
            told.insert(format!("{parent}{name}"));
        } else {
            parent = name;
            told.insert(name.to_owned());
        }
    }
    told
}

/// Folders at the top and the crates; hidden ones belong to tools.
fn there(files: &[String]) -> BTreeSet<String> {
    let mut there = BTreeSet::new();
    for file in files.iter().filter(|file| !file.starts_with('.')) {
        let mut parts = file.split('/');
        let (Some(top), Some(second)) = (parts.next(), parts.next()) else {
            continue;
        };
        there.insert(format!("{top}/"));
        if top == "crates" && parts.next().is_some() {
            there.insert(format!("{top}/{second}/"));
        }
    }
    there
}
