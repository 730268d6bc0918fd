//! The message that a message command was run on, and what it says.
//!
//! A forwarded message has no text of its own, a link often says no more than its preview, and the messages of bots are made of
//! displays: all of these are what a reader sees, so all are read.

use std::borrow::Cow;

use super::json::{Json, Read};

/// A container, a section in it and its text are three. The rest is room for what Discord may add.
const DEPTH_MAX: usize = 6;

/// The type of component that displays a text.
const TEXT_DISPLAY: u64 = 10;

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
    said.message(&mut message, DEPTH_MAX)?;
    let mut texts: Vec<_> =
        said.own.into_iter().chain(said.more).filter(|text| !text.trim().is_empty()).collect();
    Ok(match texts.len() {
        0 | 1 => texts.pop().unwrap_or_default(),
        _ => texts.join("\n").into(),
    })
}

impl<'a> Said<'a> {
    fn message(&mut self, json: &mut Json<'a>, depth: usize) -> Read<()> {
        let is_target = depth == DEPTH_MAX;
        json.fields(|name, json| match name {
            b"content" if is_target => {
                self.own = json.text()?;
                Ok(())
            }
            b"content" => self.text(json),
            b"embeds" => json.items(|json| self.embed(json)),
            b"components" => self.components(json, depth),
            b"message_snapshots" if is_target => json.items(|json| self.snapshot(json, depth - 1)),
            _ => json.skip(),
        })
    }

    fn snapshot(&mut self, json: &mut Json<'a>, depth: usize) -> Read<()> {
        json.fields(|name, json| match name {
            b"message" => self.message(json, depth),
            _ => json.skip(),
        })
    }

    fn embed(&mut self, json: &mut Json<'a>) -> Read<()> {
        let (mut title, mut description) = (None, None);
        json.fields(|name, json| {
            match name {
                b"title" => title = json.text()?,
                b"description" => description = json.text()?,
                _ => json.skip()?,
            }
            Ok(())
        })?;
        self.more.extend(title.into_iter().chain(description));
        Ok(())
    }

    fn components(&mut self, list: &mut Json<'a>, depth: usize) -> Read<()> {
        let Some(deeper) = depth.checked_sub(1) else {
            return list.skip();
        };
        list.items(|json| {
            let (mut kind, mut content) = (0, None);
            json.fields(|name, json| {
                match name {
                    b"type" => kind = json.whole()?.unwrap_or(0),
                    b"content" => content = json.text()?,
                    b"components" => self.components(json, deeper)?,
                    _ => json.skip()?,
                }
                Ok(())
            })?;
            self.more.extend(content.filter(|_| kind == TEXT_DISPLAY));
            Ok(())
        })
    }

    fn text(&mut self, json: &mut Json<'a>) -> Read<()> {
        self.more.extend(json.text()?);
        Ok(())
    }
}
