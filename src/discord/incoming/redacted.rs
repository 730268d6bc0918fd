//! `Debug` implementations that print the structure and length of user input instead of the input.

use std::fmt::{Debug, Formatter, Result};

use super::{CommandOption, InteractionData, OptionValue};

/// Prints the length of a text instead of the text.
struct Length<'a>(&'a str);

impl Debug for Length<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "({} bytes)", self.0.len())
    }
}

impl Debug for InteractionData<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Ping => f.write_str("Ping"),
            Self::Command { name, path, options } => {
                let mut shape = f.debug_struct("Command");
                shape.field("name", name).field("path", path).field("options", options).finish()
            }
            Self::MessageCommand { name, content } => {
                let mut shape = f.debug_struct("MessageCommand");
                shape.field("name", name).field("content", &Length(content)).finish()
            }
            Self::Autocomplete { name, path, options, focused } => {
                let mut shape = f.debug_struct("Autocomplete");
                shape.field("name", name).field("path", path).field("options", options);
                shape.field("focused", focused).finish()
            }
            Self::Component { custom_id, values, message } => {
                let mut shape = f.debug_struct("Component");
                shape.field("custom_id", &Length(custom_id)).field("values", &values.len());
                shape.field("message", message).finish()
            }
            Self::Modal { custom_id, values } => {
                let mut shape = f.debug_struct("Modal");
                shape.field("custom_id", &Length(custom_id)).field("values", &values.len()).finish()
            }
            Self::Unknown { kind } => f.debug_struct("Unknown").field("kind", kind).finish(),
        }
    }
}

impl Debug for CommandOption<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}: {:?}", self.name, self.value)
    }
}

impl Debug for OptionValue<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::String(text) => write!(f, "String{:?}", Length(text)),
            Self::Integer(_) => f.write_str("Integer(..)"),
            Self::Number(_) => f.write_str("Number(..)"),
            Self::Boolean(flag) => write!(f, "Boolean({flag})"),
            Self::Id(_) => f.write_str("Id(..)"),
            Self::Other => f.write_str("Other"),
        }
    }
}
