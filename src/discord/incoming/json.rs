//! A reader of JSON that borrows from the bytes, looks only at what it is asked for, and never recurses.
//!
//! It is made for what a stranger sends and Discord forwards. A value of another type than the one asked for counts as absent, so
//! that one odd field never costs the answer. What nobody asks for is skipped, held only to closed strings and balanced brackets:
//! of an interaction nine bytes in ten are skipped, and no depth of nesting there can exhaust the stack.

use std::borrow::Cow;

use super::{Unreadable, string};

/// The result of reading on.
pub(super) type Read<T> = Result<T, Unreadable>;

/// A place in a text of JSON. A copy is a bookmark: what was skipped can be read from it later.
#[derive(Clone, Copy)]
pub(super) struct Json<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A value that is neither an object nor an array.
pub(super) enum Scalar<'a> {
    /// A string, without its escapes.
    Text(Cow<'a, str>),
    /// A number as it is written.
    Number(&'a str),
    /// `true` or `false`.
    Flag(bool),
}

impl<'a> Json<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Calls `each` with the name of each field, before its value; it has to read or skip that value. Anything but an object is
    /// skipped, as an object without fields. A field that comes twice is read twice.
    pub(super) fn fields(
        &mut self,
        mut each: impl FnMut(&[u8], &mut Self) -> Read<()>,
    ) -> Read<()> {
        if self.enter(b'{')? {
            while let Some(name) = self.field()? {
                each(&name, self)?;
            }
        }
        Ok(())
    }

    /// Calls `each` before each item of an array; it has to read or skip that item. Anything but an array is skipped, as an empty
    /// one.
    pub(super) fn items(&mut self, mut each: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        if self.enter(b'[')? {
            while self.goes_on(b']')? {
                each(self)?;
            }
        }
        Ok(())
    }

    /// Goes into the object or array that opens here with `open`; anything else is skipped.
    pub(super) fn enter(&mut self, open: u8) -> Read<bool> {
        if self.peek()? != open {
            return self.skip().map(|()| false);
        }
        self.at += 1;
        Ok(true)
    }

    /// The name of the next field, within an object. Its value comes next.
    pub(super) fn field(&mut self) -> Read<Option<Cow<'a, [u8]>>> {
        if !self.goes_on(b'}')? {
            return Ok(None);
        }
        if self.peek()? != b'"' {
            return Err(self.unreadable());
        }
        let name = match self.quoted()? {
            (quoted, false) => Cow::Borrowed(quoted),
            (quoted, true) => Cow::Owned(self.unescape(quoted)?.into_bytes()),
        };
        if self.peek()? != b':' {
            return Err(self.unreadable());
        }
        self.at += 1;
        Ok(Some(name))
    }

    /// Whether there is a next item before `close`; goes past the comma before it, or past the end.
    fn goes_on(&mut self, close: u8) -> Read<bool> {
        if self.peek()? == b',' {
            self.at += 1;
        }
        let goes_on = self.peek()? != close;
        self.at += usize::from(!goes_on);
        Ok(goes_on)
    }

    /// A string, number or flag; whatever else is there is skipped.
    pub(super) fn scalar(&mut self) -> Read<Option<Scalar<'a>>> {
        match self.peek()? {
            b'"' => self.string().map(Scalar::Text).map(Some),
            b'{' | b'[' => self.skip().map(|()| None),
            _ => Ok(match self.word()? {
                b"true" => Some(Scalar::Flag(true)),
                b"false" => Some(Scalar::Flag(false)),
                number @ [b'-' | b'0'..=b'9', ..] => {
                    str::from_utf8(number).ok().map(Scalar::Number)
                }
                _ => None,
            }),
        }
    }

    /// A string, or a number as it is written.
    pub(super) fn text(&mut self) -> Read<Option<Cow<'a, str>>> {
        Ok(match self.scalar()? {
            Some(Scalar::Text(text)) => Some(text),
            Some(Scalar::Number(number)) => Some(Cow::Borrowed(number)),
            _ => None,
        })
    }

    /// The strings and numbers of an array.
    pub(super) fn texts(&mut self) -> Read<Vec<Cow<'a, str>>> {
        let mut texts = Vec::new();
        self.items(|json| {
            texts.extend(json.text()?);
            Ok(())
        })?;
        Ok(texts)
    }

    /// A whole number that is not negative, written as a number or as a string of digits.
    pub(super) fn whole(&mut self) -> Read<Option<u64>> {
        Ok(self.text()?.and_then(|text| text.parse().ok()))
    }

    /// Whether there is a `true`.
    pub(super) fn is_true(&mut self) -> Read<bool> {
        Ok(matches!(self.scalar()?, Some(Scalar::Flag(true))))
    }

    /// The value here, to be read later.
    pub(super) fn bookmark(&mut self) -> Read<Self> {
        let here = *self;
        self.skip()?;
        Ok(here)
    }

    /// Goes past the value here.
    pub(super) fn skip(&mut self) -> Read<()> {
        match self.peek()? {
            b'"' => {
                self.at += 1;
                self.skip_string().map(drop)
            }
            b'{' | b'[' => self.skip_nested(),
            _ => self.word().map(drop),
        }
    }

    /// Nothing but white space is left.
    pub(super) fn is_over(&mut self) -> bool {
        self.peek().is_err()
    }

    /// What is wrong here.
    pub(super) fn unreadable(&self) -> Unreadable {
        Unreadable::NotJson { at: self.at }
    }

    /// The next byte that is no white space, without going past it.
    pub(super) fn peek(&mut self) -> Read<u8> {
        while let Some(&byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Ok(byte);
            }
            self.at += 1;
        }
        Err(self.unreadable())
    }

    /// The string here, without its quotes and escapes.
    fn string(&mut self) -> Read<Cow<'a, str>> {
        match self.quoted()? {
            (quoted, false) => Ok(string::plain(quoted)),
            (quoted, true) => self.unescape(quoted).map(Cow::Owned),
        }
    }

    fn unescape(&self, quoted: &[u8]) -> Read<String> {
        string::unescape(quoted).ok_or_else(|| self.unreadable())
    }

    /// What stands between the quotes of the string here, and whether escapes are in it.
    fn quoted(&mut self) -> Read<(&'a [u8], bool)> {
        self.at += 1;
        let start = self.at;
        let escapes = self.skip_string()?;
        Ok((&self.bytes[start..self.at - 1], escapes))
    }

    fn skip_nested(&mut self) -> Read<()> {
        let mut open = 0_usize;
        loop {
            match self.next_of(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))? {
                b'"' => drop(self.skip_string()?),
                b'{' | b'[' => open += 1,
                _ if open == 1 => return Ok(()),
                _ => open -= 1,
            }
        }
    }

    /// Goes past the rest of a string, and says whether escapes are in it.
    fn skip_string(&mut self) -> Read<bool> {
        let mut escapes = false;
        while self.next_of(|byte| matches!(byte, b'"' | b'\\'))? == b'\\' {
            self.at += 1;
            escapes = true;
        }
        Ok(escapes)
    }

    /// Goes past the next byte that is wanted.
    fn next_of(&mut self, is_wanted: impl Fn(u8) -> bool) -> Read<u8> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some(found) = rest.iter().position(|byte| is_wanted(*byte)) else {
            self.at = self.bytes.len();
            return Err(self.unreadable());
        };
        self.at += found + 1;
        Ok(rest[found])
    }

    /// A number, `true`, `false` or `null`, or what stands in the place of one.
    fn word(&mut self) -> Read<&'a [u8]> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let ends =
            |byte: &u8| matches!(byte, b',' | b'}' | b']' | b':' | b' ' | b'\n' | b'\r' | b'\t');
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        if length == 0 {
            return Err(self.unreadable());
        }
        self.at += length;
        Ok(&rest[..length])
    }
}
