//! What the preview serves, and to whom.

use std::io::Write;
use std::net::TcpStream;
use std::path::Path;

use super::Preview;
use crate::fake::{Ask, Bot, FakeDiscord};
use serde_json::{Value, json};

#[test]
fn responses_equal_those_over_the_gateway() {
    let discord = FakeDiscord::start();
    // The preview has a form to report errors.
    let reports = [("DOSSIER_DISCORD__REPORT_CHANNEL", "300000000000000004")];
    let _bot = Bot::start(Path::new(env!("CARGO_BIN_EXE_dossier")), &discord, &reports);
    discord.wait_for_sessions(1);
    let preview = Preview::start();
    let own = |request: &Ask, token: &str| {
        let payload = discord.prepare(request).text.replace("@@token@@", token);
        let payload = payload.replace("9999999999999999999", &token.replace("token", "77"));
        let response = preview.interact(&payload);
        assert_eq!(response.status, 200, "{}", response.body);
        // What comes with a picture is followed by it.
        let json = response.body.split("\r\n").find(|line| line.starts_with('{'));
        serde_json::from_str::<Value>(json.expect("JSON")).expect("JSON")
    };
    for (place, request) in [
        Ask::slash("demand").with("demand", "nato"),
        Ask::slash("timeline").with("from", "2014"),
        Ask::slash("search").with("query", "buffer zone"),
        Ask::slash("position"),
        Ask::slash("term").with("term", "nothing of the kind"),
        Ask::slash("help").with("private", true),
        Ask::slash("demand").with("demand", "nato").in_bot_dm(),
        Ask::slash("demand").with("demand", "nat").autocomplete(),
        Ask::on_message("Look up in Dossier", "What about NATO membership?"),
    ]
    .iter()
    .enumerate()
    {
        let answer = discord.ask(request);
        let expected = json!({ "type": answer.kind, "data": answer.data });
        assert_eq!(own(request, &format!("token{place}")), expected, "{}", request.name());
    }
}

#[test]
fn it_leaves_no_files_behind_and_explains_startup_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Path::new(env!("CARGO_BIN_EXE_dossier"));
    let temporary = folder.path().to_str().expect("a path");
    let start = |arguments: &[&str], listen: &str| {
        let variables = [("DOSSIER_WEB__LISTEN", listen), ("TMPDIR", temporary)];
        Bot::spawn(program, &[&["preview"], arguments].concat(), &variables)
    };
    let mut bot = start(&[], "127.0.0.1:0");
    bot.wait_for("(stop it with Ctrl+C)");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "the database");
    bot.terminate();
    assert_eq!(bot.wait_for_exit().0, Some(0));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);

    let (code, output) = start(&["--watch"], "127.0.0.1:0").wait_for_exit();
    assert!(code == Some(78) && output.contains("--watch needs a folder"), "{output}");
    let (code, output) = start(&["/nowhere"], "127.0.0.1:0").wait_for_exit();
    assert!(code == Some(78) && output.contains("nowhere"), "{output}");
    let preview = Preview::start();
    let (code, output) = start(&[], &preview.address).wait_for_exit();
    assert!(code == Some(1) && output.contains("DOSSIER_WEB__LISTEN"), "{output}");
}

#[test]
fn only_the_page_itself_on_this_machine_may_send_requests() {
    let preview = Preview::start();
    let own = format!("http://{}", preview.address);
    let interaction = r#"{"id":"1","token":"a","type":2,"data":{"name":"about","type":1}}"#;
    assert_eq!(preview.post("/preview/interactions", &own, interaction).status, 200);
    for origin in ["http://example.org", "null", "http://localhost:1", "https://localhost", ""] {
        let refused = preview.post("/preview/interactions", origin, interaction);
        assert_eq!(refused.status, 403, "{origin}");
        assert_eq!(preview.post("/preview/attachments/x", origin, "{}").status, 403, "{origin}");
    }
    for host in ["example.org", "localhost.example.org", "", "127.0.0.1.example.org:80"] {
        for path in ["/", "/preview/world", "/preview/calls/0"] {
            assert_eq!(preview.get(path, host).status, 403, "{host} {path}");
        }
    }
    let page = preview.get("/", &preview.address);
    assert_eq!(page.status, 200);
    for header in [
        "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        "x-content-type-options: nosniff",
        "cross-origin-resource-policy: same-origin",
    ] {
        assert!(page.headers.contains(header), "{header}: {}", page.headers);
    }
    assert!(!page.body.contains("style=") && !page.body.contains("<script>"));
}

#[test]
fn only_the_pages_own_files_are_served() {
    let preview = Preview::start();
    for path in [
        "/../Cargo.toml",
        "/..%2fCargo.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/preview/../preview.js/..",
        "/preview/calls/18446744073709551616",
        "/preview/calls/-1",
        "/preview/page.html",
        "/guild.json",
    ] {
        let answer = preview.get(path, &preview.address);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
    }
    assert_eq!(preview.get("/preview/calls/999999", &preview.address).status, 410);
}

#[test]
fn floods_and_oversized_bodies_do_no_harm() {
    let preview = Preview::start();
    let large = "x".repeat(300_000);
    assert_eq!(preview.interact(&large).status, 413);
    assert_eq!(preview.interact("{").status, 400);
    assert_eq!(preview.interact(&"[".repeat(200_000)).status, 400);
    let header = format!("GET / HTTP/1.1\r\nhost: {}\r\nx: {large}\r\n\r\n", preview.address);
    assert_eq!(preview.raw(header.as_bytes()).status, 431);
    // Idle connections, and connections with incomplete requests.
    let idle: Vec<TcpStream> = (0..200)
        .map(|number| {
            let mut stream = TcpStream::connect(&preview.address).expect("a connection");
            if number % 2 == 0 {
                drop(stream.write_all(b"POST /preview/interactions HTTP/1.1\r\nhost: x\r\n"));
            }
            stream
        })
        .collect();
    assert_eq!(preview.get("/", &preview.address).status, 200, "after those have timed out");
    drop(idle);
    for number in 0..2_000 {
        let interaction = format!(
            r#"{{"id":"{}","token":"flood{number}","type":2,"data":{{"name":"about","type":1}}}}"#,
            5_000 + number
        );
        assert_eq!(preview.interact(&interaction).status, 200);
    }
    let memory = preview.bot.memory_kib();
    assert!(memory < 200_000, "{memory} KiB");
}
