#![no_main]
#![recursion_limit = "256"]

#[path = "../targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::backup(input));
