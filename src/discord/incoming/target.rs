//! The message that a message command was run on, and what it says.
//!
//! A forwarded message has no content of its own, a link often says no more than its preview, and messages of bots are made of embeds
//! and components. Whatever a reader of the message sees is read.

use std::borrow::Cow;

use super::json::{Json, Read};

/// A label in a row of a section of a container is nine levels deep. What is deeper is skipped.
const DEPTH_MAX: usize = 10;

/// The parts of a message, and the fields of each whose values a reader sees, in the part itself or in the objects and lists inside it.
/// Labels of buttons and menus say what a press does, and not what the message is about.
const PARTS: [(&str, &[&str]); 4] = [
    ("embeds", &["title", "description", "name", "value", "text"]),
    ("poll", &["text"]),
    ("attachments", &["title", "description"]),
    ("components", &["content", "description"]),
];

/// The name of an emoji is not shown, and that of a website is not what the message is about.
const HIDDEN: [&[u8]; 3] = [b"emoji", b"options", b"provider"];

/// What a message says: first its own text.
#[derive(Default)]
struct Said<'a> {
    own: Option<Cow<'a, str>>,
    more: Vec<Cow<'a, str>>,
}

/// What the target says, of what came along with a message command; empty if it did not come along.
pub(super) fn content<'a>(resolved: Option<Json<'a>>, target: Option<&str>) -> Read<Cow<'a, str>> {
    let message = resolved.map(|resolved| message(resolved, target)).transpose()?.flatten();
    Ok(message.map(said).transpose()?.unwrap_or_default())
}

/// The message among those that came along: the one with the id of the target, else the first.
fn message<'a>(mut resolved: Json<'a>, target: Option<&str>) -> Read<Option<Json<'a>>> {
    let (mut meant, mut first) = (None, None);
    resolved.fields(|field, json| {
        if field != b"messages" {
            return json.skip();
        }
        json.fields(|id, json| {
            let message = json.bookmark()?;
            first.get_or_insert(message);
            if target.is_some_and(|target| target.as_bytes() == id) {
                meant = Some(message);
            }
            Ok(())
        })
    })?;
    Ok(meant.or(first))
}

fn said(mut message: Json<'_>) -> Read<Cow<'_, str>> {
    let mut said = Said::default();
    said.message(&mut message, true)?;
    let mut texts: Vec<_> =
        said.own.into_iter().chain(said.more).filter(|text| !text.trim().is_empty()).collect();
    Ok(match texts.len() {
        0 | 1 => texts.pop().unwrap_or_default(),
        _ => texts.join("\n").into(),
    })
}

impl<'a> Said<'a> {
    fn message(&mut self, json: &mut Json<'a>, is_target: bool) -> Read<()> {
        let mut parts: [Option<Json<'a>>; PARTS.len()] = [None; PARTS.len()];
        let mut snapshots = None;
        json.fields(|name, json| {
            if name == b"content" {
                match is_target {
                    true => self.own = json.text()?,
                    false => self.text(json)?,
                }
            } else if let Some(part) = PARTS.iter().position(|(part, _)| part.as_bytes() == name) {
                parts[part] = Some(json.bookmark()?);
            } else if name == b"message_snapshots" && is_target {
                snapshots = Some(json.bookmark()?);
            } else {
                json.skip()?;
            }
            Ok(())
        })?;
        for (json, (_, names)) in parts.iter_mut().zip(PARTS) {
            if let Some(json) = json {
                self.texts(json, names, DEPTH_MAX)?;
            }
        }
        match snapshots {
            Some(mut snapshots) => snapshots.items(|json| self.snapshot(json)),
            None => Ok(()),
        }
    }

    fn snapshot(&mut self, json: &mut Json<'a>) -> Read<()> {
        json.fields(|name, json| match name {
            b"message" => self.message(json, false),
            _ => json.skip(),
        })
    }

    /// Reads the values of the fields with these names, at any depth, and in this order.
    fn texts(&mut self, json: &mut Json<'a>, names: &[&str], depth: usize) -> Read<()> {
        let Some(deeper) = depth.checked_sub(1) else {
            return json.skip();
        };
        match json.peek()? {
            b'{' => {
                let mut fields: Vec<(usize, Vec<u8>, Json<'a>)> = Vec::new();
                json.fields(|name, json| {
                    let place = names.iter().position(|other| other.as_bytes() == name);
                    let field = (place.unwrap_or(names.len()), name.to_vec(), json.bookmark()?);
                    fields.extend((!HIDDEN.contains(&name)).then_some(field));
                    Ok(())
                })?;
                fields.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
                fields.iter_mut().try_for_each(|(place, _, json)| match *place < names.len() {
                    true => self.text(json),
                    false => self.texts(json, names, deeper),
                })
            }
            b'[' => json.items(|json| self.texts(json, names, deeper)),
            _ => json.skip(),
        }
    }

    fn text(&mut self, json: &mut Json<'a>) -> Read<()> {
        self.more.extend(json.text()?);
        Ok(())
    }
}
