//! A headless Chromium, controlled through the DevTools protocol:
//! https://chromedevtools.github.io/devtools-protocol/

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tokio_websockets::{ClientBuilder, MaybeTlsStream, Message, WebSocketStream};

/// Timeout for any operation of the browser. Generous, because the machine may be busy.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A browser with one page.
pub(crate) struct Browser {
    runtime: Runtime,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: Option<String>,
    last_id: u64,
    events: Vec<Value>,
    process: Child,
    _profile: TempDir,
}

/// The size and color scheme of a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) theme: &'static str,
}

impl Screen {
    pub(crate) const fn desktop(theme: &'static str) -> Self {
        Self { width: 1280, height: 860, theme }
    }

    pub(crate) const fn phone(theme: &'static str) -> Self {
        Self { width: 360, height: 740, theme }
    }
}

/// The path of Chromium; `None` if it is not installed, so that the test is skipped. In CI that is
/// a failure.
fn chromium() -> Option<PathBuf> {
    let found = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let found = found.iter().map(PathBuf::from).find(|path| path.exists());
    if found.is_none() {
        assert!(!is_ci(), "install Chromium: the tests of the preview need it");
        print_note("skipped: install Chromium to test the preview in a browser");
    }
    found
}

/// Whether missing tools fail a test instead of skipping it.
pub(crate) fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| ci == "true")
}

/// Prints a message even if the test passes.
pub(crate) fn print_note(text: &str) {
    drop(writeln!(std::io::stderr(), "{text}"));
}

impl Browser {
    pub(crate) fn start(screen: Screen) -> Option<Self> {
        let profile = tempfile::tempdir().expect("a folder");
        let mut process = Command::new(chromium()?)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args(["--disable-dev-shm-usage", "--lang=en-US", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .env("TZ", "UTC")
            .env("TMPDIR", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Chromium starts");
        let mut lines = BufReader::new(process.stderr.take().expect("a pipe")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("DevTools listening on ").map(str::to_owned));
        let address = address.expect("Chromium says where it listens");
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let limits = tokio_websockets::Limits::unlimited();
        let connected = runtime.block_on(
            ClientBuilder::new().uri(&address).expect("an address").limits(limits).connect(),
        );
        let (socket, _) = connected.expect("a connection to Chromium");
        let mut browser = Self {
            runtime,
            socket,
            session: None,
            last_id: 0,
            events: Vec::new(),
            process,
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser.show(screen);
        Some(browser)
    }

    /// Switches the page to another screen.
    pub(crate) fn show(&mut self, screen: Screen) {
        let is_phone = screen.width < 700;
        let metrics = json!({
            "width": screen.width, "height": screen.height, "deviceScaleFactor": 1, "mobile": is_phone,
        });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        self.call("Emulation.setTouchEmulationEnabled", json!({ "enabled": is_phone }));
        let theme = json!([{ "name": "prefers-color-scheme", "value": screen.theme }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": theme }));
    }

    /// Opens the preview and waits until it is ready.
    pub(crate) fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url }));
        self.wait_for("document.documentElement.dataset.ready === 'true'");
    }

    /// Calls a DevTools method.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let (socket, events) = (&mut self.socket, &mut self.events);
        let answered = async {
            socket.send(Message::text(message.to_string())).await.expect("a connection");
            loop {
                let message = socket.next().await.expect("a connection").expect("a message");
                let Some(text) = message.as_text() else { continue };
                let message: Value = serde_json::from_str(text).expect("JSON");
                if message["id"] == id {
                    return message;
                }
                events.push(message);
            }
        };
        let answer = self.runtime.block_on(async { timeout(TIMEOUT, answered).await });
        let answer = answer.unwrap_or_else(|_| panic!("{method} takes too long"));
        assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
        answer["result"].clone()
    }

    /// Evaluates an expression in the page. A promise is awaited.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let params =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let done = self.call("Runtime.evaluate", params);
        assert!(done["exceptionDetails"].is_null(), "{expression}: {}", done["exceptionDetails"]);
        done["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub(crate) fn wait_for(&mut self, expression: &str) {
        let waits = format!(
            "new Promise((resolve) => {{ const until = Date.now() + 20000; const look = () => {{ let is = false; \
             try {{ is = Boolean({expression}); }} catch {{}} \
             if (is || Date.now() > until) resolve(is); else setTimeout(look, 20); }}; look(); }})"
        );
        // The page may be navigated away while the expression is evaluated.
        if self.eval_or_null(&waits) != json!(true) && self.eval_or_null(&waits) != json!(true) {
            let page = self.eval("document.body.innerText");
            panic!(
                "never: {expression}\n{}\n{:?}",
                page.as_str().unwrap_or_default(),
                self.errors()
            );
        }
    }

    fn eval_or_null(&mut self, expression: &str) -> Value {
        let params =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        self.call("Runtime.evaluate", params)["result"]["value"].clone()
    }

    /// The text of the first element that matches a selector.
    pub(crate) fn text(&mut self, selector: &str) -> String {
        let text =
            self.eval(&format!("document.querySelector({})?.textContent ?? ''", json!(selector)));
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks or taps the center of the element returned by an expression.
    pub(crate) fn click(&mut self, element: &str) {
        let place = self.eval(&format!(
            "(() => {{ const element = {element}; element.scrollIntoView({{ block: 'center' }}); \
             const box = element.getBoundingClientRect(); \
             return {{ x: box.x + box.width / 2, y: box.y + box.height / 2 }}; }})()"
        ));
        let is_phone = self.eval("innerWidth < 700") == json!(true);
        if is_phone {
            let start = json!({ "type": "touchStart", "touchPoints": [place] });
            self.call("Input.dispatchTouchEvent", start);
            self.call("Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] }));
            return;
        }
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place["x"], "y": place["y"], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Types a text with the keyboard.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    pub(crate) fn key(&mut self, key: &str) {
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Tab" => (9, ""),
            "Escape" => (27, ""),
            "ArrowDown" => (40, ""),
            "ArrowUp" => (38, ""),
            " " => (32, " "),
            other => panic!("which key is {other}?"),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event =
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// A screenshot as PNG.
    pub(crate) fn screenshot(&mut self) -> Vec<u8> {
        let shot = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        let encoded = shot["data"].as_str().expect("a picture");
        base64::engine::general_purpose::STANDARD.decode(encoded).expect("base64")
    }

    /// Problems reported by the page: console errors and warnings, exceptions, and content security
    /// policy violations.
    pub(crate) fn errors(&mut self) -> Vec<String> {
        self.eval("1");
        let bad = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => {
                matches!(event["params"]["type"].as_str(), Some("error" | "warning" | "assert"))
            }
            Some("Log.entryAdded") => event["params"]["entry"]["level"] == "error",
            _ => false,
        };
        self.events.iter().filter(bad).map(|event| event["params"].to_string()).collect()
    }

    /// The URLs of all requests.
    pub(crate) fn requests(&mut self) -> Vec<String> {
        self.eval("1");
        let sent =
            self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        let url = |event: &Value| event["params"]["request"]["url"].as_str().map(str::to_owned);
        sent.filter_map(url).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // On SIGKILL its child processes would go on writing into the profile's folder.
        drop(Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status());
        drop(self.process.wait());
    }
}
