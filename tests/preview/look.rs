//! How messages look: pictures, Markdown, hostile input, both themes, and the screenshots of the README.

use std::path::Path;

use super::browser::{Browser, Screen};
use super::{
    HOSTILE, LAST, OTHER_BOT, Preview, ask, check_accessible, check_quiet, control, count,
};
use serde_json::json;

#[test]
fn pictures_are_shown_and_can_be_enlarged() {
    let Some(mut page) = Browser::start(Screen::phone("light")) else { return };
    let preview = Preview::start();
    page.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": OTHER_BOT }));
    page.open(&preview.url("?q=/random"));
    page.wait_for("document.querySelector('.gallery img')?.naturalWidth === 1");
    assert_eq!(page.eval("document.querySelector('.gallery img').alt"), json!("A map"));
    page.click("document.querySelector('.gallery button')");
    page.wait_for("document.querySelector('dialog[open] img')");
    page.key("Escape");
    page.wait_for("!document.querySelector('dialog')");
    check_quiet(&mut page, &preview);
}

#[test]
fn markdown_is_shown_as_in_discord() {
    let Some(mut page) = Browser::start(Screen::desktop("dark")) else { return };
    let preview = Preview::start();
    page.open(&preview.url(""));
    for (markdown, html) in [
        ("plain", "<p>plain</p>"),
        (
            "**a *b* c** __d__ ~~e~~ `**f**`",
            "<p><strong>a <em>b</em> c</strong> <u>d</u> <s>e</s> <code>**f**</code></p>",
        ),
        (r"\*a\* snake_case_word 2 * 3", "<p>*a* snake_case_word 2 * 3</p>"),
        ("one\ntwo", "<p>one\ntwo</p>"),
        ("### A\n-# b", "<h3 class=\"heading-3\">A</h3><p class=\"subtext\">b</p>"),
        ("#no heading", "<p>#no heading</p>"),
        (
            "- a\n  - b\n- c\n1. d",
            "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><ol start=\"1\"><li>d</li></ol>",
        ),
        ("> a\n> b\nc", "<blockquote><p>a\nb</p></blockquote><p>c</p>"),
        ("```\n*a*\n```", "<pre><code>*a*\n</code></pre>"),
        (
            "<#1304000000000000004> <@&1303000000000000002>",
            "<p><span class=\"mention\">#general</span> <span class=\"mention\">@Readers</span></p>",
        ),
        ("<script>a</script>", "<p>&lt;script&gt;a&lt;/script&gt;</p>"),
        ("[a](javascript:b)", "<p>[a](javascript:b)</p>"),
        ("[a](<https://x.org/b_(c)>).", "<p><a href=\"https://x.org/b_(c)\">a</a>.</p>"),
        ("([a](https://x.org/b_(c)))", "<p>(<a href=\"https://x.org/b_(c)\">a</a>)</p>"),
        ("https://x.org/a_b, c", "<p><a href=\"https://x.org/a_b\">https://x.org/a_b</a>, c</p>"),
        (
            "<t:0:F>",
            "<p><time datetime=\"1970-01-01T00:00:00.000Z\" title=\"Thursday, January 1, 1970 at 12:00 AM\">Thursday, January 1, 1970 at 12:00 AM</time></p>",
        ),
    ] {
        let shown = page.eval(&format!(
            "Promise.all([import('/markdown.js'), fetch('/preview/world').then((world) => world.json())]).then(([{{ markdown }}, {{ server }}]) => {{ \
             const names = {{ channel: (id) => server.channels.find((one) => one.id === id)?.name, role: (id) => server.roles.find((one) => one.id === id)?.name, user: () => undefined }}; \
             const root = document.createElement('div'); root.append(...markdown({}, names)); \
             return root.innerHTML.replaceAll(' target=\"_blank\" rel=\"noopener noreferrer\"', ''); }})",
            json!(markdown)
        ));
        assert_eq!(shown, json!(html), "{markdown}");
    }
    check_quiet(&mut page, &preview);
}

#[test]
fn user_input_is_never_interpreted_as_markup() {
    let Some(mut page) = Browser::start(Screen::desktop("dark")) else { return };
    let preview = Preview::start();
    let query: String = HOSTILE.bytes().map(|byte| format!("%{byte:02X}")).collect();
    page.open(&preview.url(&format!("?q={query}&in={query}&as={query}")));
    page.wait_for("document.querySelectorAll('.message').length === 2");
    page.open(&preview.url(&format!("?q=/search%20{query}")));
    page.wait_for("document.querySelectorAll('.message').length === 1");
    for command in ["/search query:", "/demand demand:", "/timeline from:", "/about ", "/"] {
        page.eval("(() => { const box = document.getElementById('message-box'); box.value = ''; box.focus(); })()");
        let before = count(&mut page);
        page.type_text(&format!("{command}{HOSTILE}"));
        page.key("Enter");
        // An answer that came later would be the newest message.
        page.wait_for(&format!(
            "document.querySelector('#hint.error') || document.querySelectorAll('.message').length > {before} \
             && {LAST}.querySelector('.container, .problem:not(:empty)')"
        ));
    }
    page.eval("(() => { const box = document.getElementById('message-box'); box.value = ''; box.focus(); })()");
    page.type_text(HOSTILE);
    page.key("Enter");
    page.wait_for(&format!("{LAST}.querySelector('.look-up')"));
    page.click(&control("Apps"));
    page.wait_for(&format!("{LAST}.querySelector('.container')"));
    // Also in the view of request and response, and in a modal with text from a bot.
    page.eval("document.querySelectorAll('.wire-button').forEach((button) => button.click())");
    let modal = format!(
        "import('/components.js').then(({{ showModal }}) => showModal({{ title: {0}, components: [ \
         {{ type: 18, label: {0}, description: {0}, component: {{ type: 4, custom_id: {0}, style: 2, value: {0}, placeholder: {0} }} }}] }}, {{}}, \
         (sent) => {{ window.sent = sent; }}))",
        json!(HOSTILE)
    );
    page.eval(&modal);
    page.click("document.querySelector('dialog button[type=submit]')");
    page.wait_for("window.sent");
    assert_eq!(page.eval("window.sent[0].component.value"), json!(HOSTILE));
    assert_eq!(
        page.eval("document.querySelectorAll('img, iframe, #messages script').length"),
        json!(0)
    );
    assert_eq!(page.eval("[...document.links].filter(({ protocol }) => !/^(https?|data):$/.test(protocol)).length"), json!(0));
    check_quiet(&mut page, &preview);
}

#[test]
fn the_page_is_accessible_in_both_themes_at_both_widths() {
    let Some(mut page) = Browser::start(Screen::desktop("dark")) else { return };
    let preview = Preview::start();
    for screen in [Screen::desktop, Screen::phone] {
        for theme in ["dark", "light"] {
            page.show(screen(theme));
            page.open(&preview.url("?as=moderator"));
            page.eval("localStorage.clear()");
            page.open(&preview.url("?as=moderator"));
            assert_eq!(page.eval("document.documentElement.dataset.theme"), json!(theme));
            let what = format!("{theme}, {} wide", screen(theme).width);
            check_accessible(&mut page, &format!("{what}, at the start"));
            for line in ["/demand nato", "/timeline", "/config view", "/search buffer zone"] {
                ask(&mut page, line);
            }
            page.click(&control("Request and response"));
            check_accessible(&mut page, &format!("{what}, with answers"));
            page.eval("document.getElementById('message-box').focus()");
            page.type_text("/demand demand:n");
            page.wait_for("document.querySelectorAll('#suggestions .option').length > 0");
            check_accessible(&mut page, &format!("{what}, while typing"));
        }
    }
    page.click("document.getElementById('theme')");
    assert_eq!(page.eval("document.documentElement.dataset.theme"), json!("dark"));
    page.open(&preview.url(""));
    assert_eq!(
        page.eval("document.documentElement.dataset.theme"),
        json!("dark"),
        "it is remembered"
    );
    check_quiet(&mut page, &preview);
}

#[test]
fn readme_screenshots_exist_and_can_be_retaken() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect("a page");
    let docs = read("README.md") + &read("docs/preview.md");
    let preview = Preview::start();
    for (name, screen, typed) in [
        ("preview-dark", Screen { width: 1100, ..Screen::desktop("dark") }, ""),
        ("preview-light", Screen { width: 1100, ..Screen::desktop("light") }, ""),
        ("preview-phone", Screen::phone("dark"), "/timeline from:2014 topic:"),
    ] {
        let path = root.join(format!("docs/{name}.png"));
        if std::env::var_os("UPDATE_DOCS").is_some()
            && let Some(mut page) = Browser::start(screen)
        {
            page.open(&preview.url("?q=/demand%20nato"));
            page.wait_for(&format!("{LAST}.querySelector('.container')"));
            if !typed.is_empty() {
                page.eval("document.getElementById('message-box').focus()");
                page.type_text(typed);
                page.wait_for("document.querySelectorAll('#suggestions .option').length > 2");
            }
            std::fs::write(&path, page.screenshot()).expect("a picture");
        }
        assert!(
            docs.contains(&format!("{name}.png")),
            "the README or docs/preview.md shows {name}"
        );
        assert!(path.exists(), "UPDATE_DOCS=1 takes {name}");
    }
}
