//! Tells cargo to compile the dataset in again when a file of it comes, goes or changes.

fn main() {
    println!("cargo::rerun-if-changed=data/articles");
}
