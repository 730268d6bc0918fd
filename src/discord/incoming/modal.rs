//! The inputs of a modal, in action rows (until 2025) or under labels.

use std::borrow::Cow;

use crate::json::{Json, Scalar};

/// Maximum nesting depth. Labels need two and rows fewer; the rest is reserve for future layouts.
const DEPTH_MAX: usize = 6;

type Values<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// The values of all inputs with their `custom_id`.
pub(super) fn values(components: Vec<Json<'_>>) -> Values<'_> {
    let mut values = Values::new();
    collect(components, &mut values, DEPTH_MAX);
    values
}

/// Recognizes inputs, labels and rows by their fields rather than their type, so that new component
/// types work too.
fn collect<'a>(components: Vec<Json<'a>>, values: &mut Values<'a>, depth: usize) {
    let Some(deeper) = depth.checked_sub(1) else {
        return;
    };
    for component in components.into_iter().map(Json::object) {
        let custom_id = component.text("custom_id").unwrap_or_default();
        let single = component.get("value").and_then(Json::scalar).map(Scalar::into_text);
        let several = component.items("values").into_iter().filter_map(Json::text);
        let chosen = single.into_iter().chain(several);
        values.extend(chosen.map(|value| (custom_id.clone(), value)));
        collect(component.get("component").into_iter().collect(), values, deeper);
        collect(component.items("components"), values, deeper);
    }
}
