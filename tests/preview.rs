//! `dossier preview`, tested over HTTP with hostile requests, and in a real browser.
//! `UPDATE_DOCS=1 cargo test --test suite readme_screenshots` updates the pictures in the README.

mod browser;
mod look;
mod server;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::fake::{Bot, Folder};
use browser::{Browser, Screen};
use serde_json::{Value, json};

/// Values for required options.
const REQUIRED: [(&str, &str); 11] = [
    ("search query", "buffer zone"),
    ("config channels allow channel", "#general"),
    ("config channels block channel", "#announcements"),
    ("config channels remove channel", "#general"),
    ("config channels elsewhere mode", "refuse"),
    ("config channels pace answers", "3"),
    ("config digest add channel", "#general"),
    ("config digest add at", "09:00"),
    ("config digest add zone", "Europe/Kyiv"),
    ("config digest add content", "order"),
    ("config pictures show", "off"),
];

/// Markup that would run, and characters that end strings and elements, if a field were not
/// escaped.
const HOSTILE: &str = r#"<img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>"'`\u202e]](javascript:document.title='hacked')"#;

/// A simulated bot within the page that defers its response to `/about` until released, answers
/// `/help` with a modal, and `/random` with a picture.
const OTHER_BOT: &str = r#"
  const own = window.fetch;
  const calls = [];
  let wake;
  const reply = (name, body) => new Response(JSON.stringify(body), { headers: { "content-type": "application/json", "preview-call": name } });
  const text = (content) => ({ flags: 32768 + 64, components: [{ type: 17, accent_color: 5793266, components: [{ type: 10, content }] }] });
  window.fetch = async (url, init) => {
    if (String(url).startsWith("/preview/calls/")) {
      while (calls.length === 0) await new Promise((resolve) => { wake = resolve; });
      return calls.shift();
    }
    if (url !== "/preview/interactions") return own(url, init);
    const request = JSON.parse(init.body);
    if (request.type === 5) return reply("", { type: 4, data: text("Thank you: " + request.data.components[0].component.value) });
    if (request.data.name === "help") {
      const input = { type: 4, custom_id: "words", style: 2 };
      const label = { type: 18, label: "What is wrong?", component: input };
      return reply("", { type: 9, data: { title: "Report an error", custom_id: "report", components: [label] } });
    }
    if (request.data.name === "random") {
      const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
      const picture = new File([Uint8Array.from(atob(pixel), (byte) => byte.charCodeAt(0))], "map.png", { type: "image/png" });
      const gallery = { type: 12, items: [{ media: { url: "attachment://map.png" }, description: "A map" }] };
      const form = new FormData();
      form.set("payload_json", JSON.stringify({ type: 4, data: { flags: 32768, components: [{ type: 17, components: [gallery] }] } }));
      form.set("files[0]", picture);
      return new Response(form);
    }
    const webhook = `/webhooks/${request.application_id}/${request.token}`;
    window.release = () => {
      calls.push(reply(`PATCH ${webhook}/messages/@original`, text("Here it is")), reply(`POST ${webhook}`, text("And more")));
      wake?.();
    };
    return reply("", { type: 5, data: { flags: 64 } });
  };
"#;

struct Preview {
    bot: Bot,
    address: String,
    /// The folder of its temporary database. A killed program leaves it there.
    _folder: Folder,
}

/// A response: status, headers in lower case, body.
struct Response {
    status: u16,
    headers: String,
    body: String,
}

impl Preview {
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(arguments: &[&str]) -> Self {
        let arguments = [&["preview"], arguments].concat();
        let folder = Folder::new();
        let temporary = folder.0.display().to_string();
        let variables = [("DOSSIER_WEB__LISTEN", "127.0.0.1:0"), ("TMPDIR", &temporary)];
        let bot = Bot::spawn(Path::new(env!("CARGO_BIN_EXE_dossier")), &arguments, &variables);
        bot.wait_for("(stop it with Ctrl+C)");
        let output = bot.output();
        let address = output.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        Self { address: address.expect("an address").to_owned(), bot, _folder: folder }
    }

    fn url(&self, rest: &str) -> String {
        format!("http://{}/{rest}", self.address)
    }

    /// Sends raw bytes.
    fn raw(&self, request: &[u8]) -> Response {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        // The server may stop reading a request that it rejects early.
        drop(stream.write_all(request));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (headers, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = headers.split(' ').nth(1).and_then(|status| status.parse().ok());
        Response {
            status: status.unwrap_or(0),
            headers: headers.to_lowercase(),
            body: body.to_owned(),
        }
    }

    fn get(&self, path: &str, host: &str) -> Response {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        self.raw(request.as_bytes())
    }

    fn post(&self, path: &str, origin: &str, body: &str) -> Response {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\norigin: {origin}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.raw(request.as_bytes())
    }

    fn interact(&self, interaction: &str) -> Response {
        self.post("/preview/interactions", &format!("http://{}", self.address), interaction)
    }
}

/// Types and sends a line, and waits for the response.
fn ask(page: &mut Browser, line: &str) {
    let before = count(page);
    page.eval("document.getElementById('message-box').focus()");
    page.type_text(line);
    page.key("Enter");
    wait_for_answer(page, before, line);
}

fn count(page: &mut Browser) -> i64 {
    page.eval("document.querySelectorAll('.message').length").as_i64().expect("a number")
}

fn wait_for_answer(page: &mut Browser, before: i64, what: &str) {
    page.wait_for(&format!(
        "document.querySelectorAll('.message').length > {before} && {LAST}.querySelector('.container, .problem:not(:empty)')"
    ));
    let problem = page.eval(&format!("{LAST}.querySelector('.problem').textContent"));
    assert_eq!(problem, json!(""), "{what}");
}

/// The newest message.
const LAST: &str = "[...document.querySelectorAll('.message')].at(-1)";

/// A button or other control of the newest message.
fn control(label: &str) -> String {
    format!(
        "[...{LAST}.querySelectorAll('button, a')].find((one) => (one.getAttribute('aria-label') ?? one.textContent).startsWith({}))",
        json!(label)
    )
}

/// One line for every command, with its required options.
fn lines(page: &mut Browser) -> Vec<String> {
    let leaves = page.eval(
        "(async () => { const { runnable } = await import('/command.js'); \
         const { commands } = await (await fetch('/preview/world')).json(); \
         return runnable(commands).map(({ name, options }) => \
         ({ name, required: options.filter((option) => option.required).map((option) => option.name) })); })()",
    );
    let leaves = leaves.as_array().expect("commands");
    assert!(leaves.len() > 20);
    let line = |leaf: &Value| {
        let name = leaf["name"].as_str().expect("a name");
        let mut line = format!("/{name}");
        for option in leaf["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let whole = format!("{name} {option}");
            let value = REQUIRED.iter().find(|(option, _)| *option == whole);
            let (_, value) = value.unwrap_or_else(|| panic!("say in REQUIRED what {whole} takes"));
            line.push_str(&format!(" {option}:{value}"));
        }
        line
    };
    // Importing a file has its own test.
    leaves.iter().filter(|leaf| leaf["name"] != "config import").map(line).collect()
}

/// Checks that must hold for every page at the end of a test.
fn check_quiet(page: &mut Browser, preview: &Preview) {
    assert_eq!(page.errors(), Vec::<String>::new());
    for url in page.requests() {
        let is_own = url.starts_with(&preview.url("")) || url.starts_with("data:");
        assert!(is_own || url.starts_with("about:"), "a request to another host: {url}");
    }
    assert_ne!(page.eval("document.title"), json!("hacked"));
}

/// Fails on serious findings of axe-core, which `.ci/run` installs.
fn check_accessible(page: &mut Browser, what: &str) {
    let Ok(path) = std::env::var("AXE_CORE") else {
        assert!(!browser::is_ci(), "set AXE_CORE to axe.min.js of axe-core");
        browser::print_note(
            "skipped: set AXE_CORE to axe.min.js of axe-core to check accessibility",
        );
        return;
    };
    let axe = std::fs::read_to_string(path).expect("axe-core");
    page.eval(&format!("{axe}; 1"));
    let found = page.eval(
        "axe.run().then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical') \
         .map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html + ' ' + node.failureSummary).join('; ')))",
    );
    assert_eq!(found, json!([]), "{what}");
    let overflow = page.eval("document.documentElement.scrollWidth > innerWidth");
    assert_eq!(overflow, json!(false), "{what} is wider than the screen");
}

/// Runs every command on each of the screens.
fn each_command(screens: [Screen; 2], ask: impl Fn(&mut Browser, &str)) {
    let preview = Preview::start();
    for screen in screens {
        let Some(mut page) = Browser::start(screen) else { return };
        page.open(&preview.url("?as=moderator"));
        for line in lines(&mut page) {
            let before = count(&mut page);
            ask(&mut page, &line);
            wait_for_answer(&mut page, before, &line);
        }
        check_quiet(&mut page, &preview);
    }
}

/// Splits a line into the command's name and the rest.
fn split(line: &str) -> (&str, &str) {
    match line.find(':') {
        Some(colon) => line.split_at(line[..colon].rfind(' ').unwrap_or(colon)),
        None => (line, ""),
    }
}

#[test]
fn every_command_can_be_used_with_the_keyboard_alone() {
    each_command([Screen::desktop("dark"), Screen::phone("light")], |page, line| {
        let (name, options) = split(line);
        page.eval("document.getElementById('message-box').focus()");
        // The name is selected from the list, the options are typed.
        page.type_text(name);
        page.wait_for("document.querySelectorAll('#suggestions .option').length > 0");
        page.key("Tab");
        page.type_text(options.trim_start());
        page.key("Enter");
    });
}

#[test]
fn every_command_can_be_used_by_mouse_and_touch() {
    each_command([Screen::desktop("light"), Screen::phone("dark")], |page, line| {
        let (name, options) = split(line);
        page.click("document.getElementById('message-box')");
        page.type_text("/");
        let option = format!(
            "[...document.querySelectorAll('#suggestions .option')].find((one) => one.querySelector('.option-label').textContent === {})",
            json!(name)
        );
        page.wait_for(&option);
        page.click(&option);
        let typed = json!(format!("{name} "));
        page.wait_for(&format!("document.getElementById('message-box').value === {typed}"));
        page.type_text(options.trim_start());
        page.click("document.getElementById('send')");
    });
}

#[test]
fn menus_and_buttons_work_by_mouse_and_keyboard() {
    let Some(mut page) = Browser::start(Screen::desktop("dark")) else { return };
    let preview = Preview::start();
    page.open(&preview.url(""));
    ask(&mut page, "/demand nato");
    assert_eq!(page.eval("location.search"), json!("?q=/demand%20nato"));
    let first = page.eval(&format!("{LAST}.querySelector('.container').innerText"));

    // Selecting another view by keyboard updates the message in place and keeps the focus on the
    // menu.
    page.eval(&format!("{LAST}.querySelector('.select').focus()"));
    page.key("Enter");
    page.key("ArrowDown");
    page.key("Enter");
    // The menu is outside of the container, and changes as soon as it opens.
    page.wait_for(&format!("{LAST}.querySelector('.container').innerText !== {first}"));
    assert_eq!(page.eval("document.activeElement.className"), json!("select"));
    assert_eq!(count(&mut page), 1);

    // Sources are ephemeral and can be dismissed.
    page.click(&control("Sources"));
    page.wait_for(&format!("{LAST}.matches('.ephemeral')"));
    assert!(page.text(".only-you").contains("Only you can see this"));
    page.click(&control("Dismiss"));
    page.wait_for("document.querySelectorAll('.message').length === 1");

    // Request and response are shown next to the card.
    page.click(&control("Request and response"));
    let wire = page
        .eval(&format!("[...{LAST}.querySelectorAll('.wire pre')].map((one) => one.textContent)"));
    let request: Value = serde_json::from_str(wire[0].as_str().unwrap_or_default()).expect("JSON");
    let response: Value = serde_json::from_str(wire[1].as_str().unwrap_or_default()).expect("JSON");
    assert_eq!((&request["type"], &response["type"]), (&json!(3), &json!(7)));

    // By mouse: opens the next demand, then deletes the message.
    let before = page.eval(&format!("{LAST}.querySelector('.body').innerText"));
    page.click(&control("Next"));
    page.wait_for(&format!("{LAST}.querySelector('.body').innerText !== {before}"));
    page.click(&control("Delete"));
    page.wait_for("document.querySelectorAll('.message').length === 0");
    check_quiet(&mut page, &preview);
}

#[test]
fn input_is_completed_while_typing() {
    let Some(mut page) = Browser::start(Screen::desktop("dark")) else { return };
    let preview = Preview::start();
    page.open(&preview.url(""));
    page.eval("document.getElementById('message-box').focus()");
    page.type_text("/dem");
    page.wait_for(
        "document.querySelector('#suggestions .option')?.textContent.includes('/demand')",
    );
    page.key("Enter");
    page.wait_for("document.querySelector('#suggestions .option')?.textContent.includes('demand')");
    page.type_text("demand:nat");
    page.wait_for("[...document.querySelectorAll('#suggestions .option')].some((one) => one.textContent.includes('NATO'))");
    page.key("ArrowDown");
    page.wait_for("document.getElementById('message-box').getAttribute('aria-activedescendant') === 'suggestion-0'");
    page.key("Enter");
    page.wait_for("document.getElementById('message-box').value.startsWith('/demand demand:nat')");
    page.key("Enter");
    page.wait_for(&format!("{LAST}?.querySelector('.container')"));
    assert!(page.text(".message").contains("Mara used /demand"));

    // Missing required options are named before anything is sent.
    page.type_text("/search ");
    page.key("Enter");
    page.wait_for("document.querySelector('#hint.error')?.textContent.includes('query')");
    assert_eq!(count(&mut page), 1);
    check_quiet(&mut page, &preview);
}

#[test]
fn member_and_channel_decide_who_sees_a_response() {
    let Some(mut page) = Browser::start(Screen::desktop("dark")) else { return };
    let preview = Preview::start();
    page.open(&preview.url(""));
    let channel = |name: &str| {
        format!(
            "[...document.querySelectorAll('.channel')].find((one) => one.textContent === '{name}')"
        )
    };
    for (name, is_private) in
        [("ask-dossier", false), ("Istanbul talks", false), ("general", true), ("Dossier", false)]
    {
        page.click(&channel(name));
        ask(&mut page, "/demand nato");
        let found = page.eval(&format!("{LAST}.matches('.ephemeral')"));
        assert_eq!(found, json!(is_private), "{name}");
    }
    // Members are not offered moderators' commands.
    page.click(&channel("general"));
    page.eval("document.getElementById('message-box').focus()");
    page.type_text("/config view");
    page.wait_for("document.getElementById('hint').textContent.includes('is for moderators')");
    page.key("Enter");
    page.wait_for(
        "document.querySelector('#hint.error')?.textContent.includes('is for moderators')",
    );
    page.eval("document.getElementById('message-box').value = ''");
    // After a moderator has allowed the channel, the member's earlier ephemeral responses stay
    // invisible to the moderator.
    page.click("document.querySelectorAll('.person')[1]");
    page.click(&channel("general"));
    page.wait_for("[...document.querySelectorAll('.message:not([hidden])')].length === 0");
    ask(&mut page, "/config channels allow channel:#general");
    ask(&mut page, "/demand nato");
    assert_eq!(page.eval(&format!("{LAST}.matches('.ephemeral')")), json!(false));
    check_quiet(&mut page, &preview);
}

#[test]
fn on_a_phone_channels_and_members_are_behind_a_button() {
    let Some(mut page) = Browser::start(Screen::phone("dark")) else { return };
    let preview = Preview::start();
    page.open(&preview.url(""));
    page.click("document.getElementById('menu')");
    page.wait_for("document.activeElement.matches('.channel[aria-current]')");
    check_accessible(&mut page, "the channels");
    page.key("Escape");
    page.wait_for("document.activeElement.id === 'menu'");
    page.key("Enter");
    page.wait_for("document.activeElement.matches('.channel[aria-current]')");
    // The thread below it.
    page.key("Tab");
    page.key("Enter");
    page.wait_for(
        "document.getElementById('channel-name').textContent.startsWith('Istanbul talks')",
    );
    assert_eq!(
        page.eval("document.getElementById('menu').getAttribute('aria-expanded')"),
        json!("false")
    );
    check_quiet(&mut page, &preview);
}

#[test]
fn a_digest_can_be_set_up_and_its_post_appears_in_its_channel() {
    let Some(mut page) = Browser::start(Screen::desktop("dark")) else { return };
    let preview = Preview::start();
    page.open(&preview.url("?as=moderator"));
    let welcome = page.eval("document.getElementById('welcome').textContent").to_string();
    assert!(welcome.contains("Digests are not posted on schedule here"), "{welcome}");
    ask(&mut page, "/config digest add channel:#general at:09:00 zone:Europe/Kyiv role:@Readers");
    page.click(&control("Confirm"));
    page.wait_for(&format!("!{}", control("Confirm")));
    ask(&mut page, "/config digest preview");
    let shown = page.eval(&format!("{LAST}.textContent")).to_string();
    assert!(shown.contains("This is what #general gets next. Only you can see it."), "{shown}");
    ask(&mut page, "/config digest post-now");
    page.click(
        "[...document.querySelectorAll('.channel')].find((one) => one.textContent === 'general')",
    );
    page.wait_for(
        "document.querySelector('.message:not([hidden]) .mention')?.textContent === '@Readers'",
    );
    check_quiet(&mut page, &preview);
}

#[test]
fn an_error_report_can_be_submitted_and_its_post_appears_in_its_channel() {
    let Some(mut page) = Browser::start(Screen::phone("dark")) else { return };
    let preview = Preview::start();
    page.open(&preview.url("?q=/demand nato"));
    page.wait_for(&format!("{LAST}?.querySelector('.container')"));
    page.click(&control("Report"));
    page.wait_for("document.querySelector('dialog[open] textarea')");
    check_accessible(&mut page, "the form to report an error");
    page.eval("document.querySelector('dialog textarea').focus()");
    page.type_text(HOSTILE);
    page.click("document.querySelector('dialog button[type=submit]')");
    // The post in the channel may be the last message already.
    page.wait_for("[...document.querySelectorAll('.message')].some((one) => one.textContent.includes('Thank you'))");
    let posted = "[...document.querySelectorAll('.message')].find((one) => one.textContent.includes('Error report'))";
    page.wait_for(posted);
    let text = page.eval(&format!("{posted}.textContent"));
    let text = text.as_str().expect("text");
    assert!(text.contains("demand/nato") && text.contains("<img src=x"), "{text}");
    assert_eq!(page.eval(&format!("{posted}.hidden")), json!(true), "it is in another channel");
    check_quiet(&mut page, &preview);
}

#[test]
fn settings_can_be_exported_and_imported_as_files() {
    let Some(mut page) = Browser::start(Screen::desktop("dark")) else { return };
    let preview = Preview::start();
    page.open(&preview.url("?as=moderator"));
    ask(&mut page, "/config export");
    let file = page.eval(&format!(
        "fetch({LAST}.querySelector('.file a').href).then((file) => file.text()).catch(() => atob({LAST}.querySelector('.file a').href.split(',')[1]))"
    ));
    let exported: Value = serde_json::from_str(file.as_str().unwrap_or_default()).expect("JSON");
    assert!(exported.is_object());

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("settings.json");
    std::fs::write(&path, file.as_str().unwrap_or_default()).expect("a file");
    page.type_text("/config import ");
    let root = page.call("DOM.getDocument", json!({}));
    let node = json!({ "nodeId": root["root"]["nodeId"], "selector": "#file" });
    let node = page.call("DOM.querySelector", node);
    let files = json!({ "nodeId": node["nodeId"], "files": [path] });
    page.type_text("file:");
    page.call("DOM.setFileInputFiles", files);
    page.wait_for(
        "document.getElementById('message-box').value === '/config import file:settings.json '",
    );
    let before = count(&mut page);
    page.key("Enter");
    wait_for_answer(&mut page, before, "/config import");
}

#[test]
fn deferred_responses_follow_ups_and_modals_are_shown() {
    let Some(mut page) = Browser::start(Screen::desktop("dark")) else { return };
    let preview = Preview::start();
    page.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": OTHER_BOT }));
    page.open(&preview.url(""));
    page.eval("document.getElementById('message-box').focus()");
    page.type_text("/about");
    page.key("Enter");
    page.wait_for(&format!("{LAST}.querySelector('.thinking') && {LAST}.matches('.ephemeral')"));
    page.eval("window.release()");
    page.wait_for("document.querySelectorAll('.message.ephemeral').length === 2");
    assert!(page.text(".message").contains("Here it is"));
    assert!(!page.text(".message").contains("thinking"));
    assert_eq!(
        page.eval(&format!("{LAST}.querySelector('.accented').textContent")),
        json!("And more")
    );

    page.eval("document.getElementById('message-box').focus()");
    page.type_text("/help");
    page.key("Enter");
    page.wait_for("document.querySelector('dialog[open] textarea')");
    check_accessible(&mut page, "a modal");
    page.eval("document.querySelector('dialog textarea').focus()");
    page.type_text("The year");
    page.key("Tab");
    page.key("Tab");
    page.key("Enter");
    page.wait_for(&format!("{LAST}.textContent.includes('Thank you: The year')"));
    assert_eq!(page.eval("document.querySelector('dialog')"), Value::Null);
    check_quiet(&mut page, &preview);
}

#[test]
fn a_saved_dataset_is_shown_at_once_with_its_problems() {
    let folder = tempfile::tempdir().expect("a folder");
    let article =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("data/articles/putins-terms-for-peace");
    let copy = folder.path().join("putins-terms-for-peace");
    copy_folder(&article, &copy);
    let Some(mut page) = Browser::start(Screen::desktop("dark")) else { return };
    let preview = Preview::start_with(&["--watch", folder.path().to_str().expect("a path")]);
    page.open(&preview.url("?q=/demand%20nato"));
    page.wait_for(&format!("{LAST}.querySelector('.container')"));

    let file = std::fs::read_dir(copy.join("demand")).expect("demands").flatten();
    let mut files: Vec<PathBuf> = file.map(|entry| entry.path()).collect();
    files.retain(|path| path.to_string_lossy().contains("nato"));
    let file = files.pop().expect("the demand on NATO");
    let text = std::fs::read_to_string(&file).expect("a file");
    std::fs::write(&file, text.replace("+++\n", "+++\nnonsense = 1\n")).expect("saved");
    page.wait_for("document.querySelector('#findings-list pre')?.textContent.includes('nonsense')");

    let title = text.lines().find(|line| line.starts_with("title = ")).expect("a title");
    std::fs::write(&file, text.replace(title, "title = \"Changed by an editor\"")).expect("saved");
    page.wait_for("document.querySelector('#findings.clean')");
    page.wait_for(&format!("{LAST}.innerText.includes('Changed by an editor')"));
    check_quiet(&mut page, &preview);
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy_folder(&entry.path(), &to),
            false => drop(std::fs::copy(entry.path(), to).expect("a copy")),
        }
    }
}
