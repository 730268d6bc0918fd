//! What was put into a form: inputs in rows, as forms had them until 2025, or each under a label.

use std::borrow::Cow;

use super::InteractionData;
use super::json::{Json, Read, Scalar};

/// A label and its input lie two deep, and a row has no more. The rest is room for what Discord may add.
const DEPTH_MAX: usize = 6;

type Values<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// Reads the `data` of a form.
pub(super) fn read<'a>(data: &mut Json<'a>) -> Read<InteractionData<'a>> {
    let (mut custom_id, mut values) = (Cow::default(), Values::new());
    data.fields(|name, json| {
        match name {
            b"custom_id" => custom_id = json.text()?.unwrap_or_default(),
            b"components" => {
                values.clear();
                components(json, &mut values, DEPTH_MAX)?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(InteractionData::Modal { custom_id, values })
}

fn components<'a>(list: &mut Json<'a>, values: &mut Values<'a>, depth: usize) -> Read<()> {
    list.items(|json| component(json, values, depth))
}

/// An input gives its values, and whatever holds others theirs, by its fields rather than by its type.
fn component<'a>(json: &mut Json<'a>, values: &mut Values<'a>, depth: usize) -> Read<()> {
    let Some(deeper) = depth.checked_sub(1) else {
        return json.skip();
    };
    let (mut custom_id, mut single, mut several) = (Cow::default(), None, Vec::new());
    json.fields(|name, json| {
        match name {
            b"custom_id" => custom_id = json.text()?.unwrap_or_default(),
            b"value" => single = json.scalar()?.map(written),
            b"values" => several = json.texts()?,
            b"component" => component(json, values, deeper)?,
            b"components" => components(json, values, deeper)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    let chosen = single.into_iter().chain(several);
    values.extend(chosen.map(|value| (custom_id.clone(), value)));
    Ok(())
}

fn written(value: Scalar<'_>) -> Cow<'_, str> {
    match value {
        Scalar::Text(text) => text,
        Scalar::Number(number) => number.into(),
        Scalar::Flag(true) => "true".into(),
        Scalar::Flag(false) => "false".into(),
    }
}
