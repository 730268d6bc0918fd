//! The inputs of a modal, in action rows (until 2025) or under labels.

use crate::json::{Json, Scalar};

/// Maximum nesting depth. Labels need two and rows fewer; the rest is reserve for future layouts.
const DEPTH_MAX: usize = 6;

/// The values of all inputs with their `custom_id`.
pub(super) fn values(components: Vec<Json<'_>>) -> Vec<(String, String)> {
    let mut values = Vec::new();
    collect(components, &mut values, DEPTH_MAX);
    values
}

/// Recognizes inputs, labels and rows by their fields rather than their type, so that new component
/// types work too.
fn collect(components: Vec<Json<'_>>, values: &mut Vec<(String, String)>, depth: usize) {
    let Some(deeper) = depth.checked_sub(1) else {
        return;
    };
    for component in components.into_iter().map(Json::object) {
        let custom_id = component.string("custom_id").unwrap_or_default();
        let single = component.get("value").and_then(Json::scalar).map(Scalar::into_text);
        let several = component.items("values").into_iter().filter_map(Json::string);
        let chosen = single.into_iter().chain(several);
        values.extend(chosen.map(|value| (custom_id.clone(), value)));
        collect(component.get("component").into_iter().collect(), values, deeper);
        collect(component.items("components"), values, deeper);
    }
}
