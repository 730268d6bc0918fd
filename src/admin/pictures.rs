//! `/config pictures`: whether answers and digests come with pictures.

use super::{AdminContext, AdminResult, change_response};
use crate::card::Text;
use crate::catalog::Catalog;
use crate::command::Command;
use crate::guild::SettingValue;
use crate::request::{OptionKind, OptionSpec, Request};

pub(super) const COMMAND: Command = Command::for_moderators("config pictures", &[SHOW]);

const SHOW: OptionSpec = OptionSpec::new("show", OptionKind::OneOf(&[ON, OFF])).required();
const ON: &str = "on";
const OFF: &str = "off";

pub(super) async fn run(context: &AdminContext<'_>, request: &Request) -> AdminResult {
    let is_on = match SHOW.text(request)? {
        ON => true,
        OFF => false,
        _ => return Err(SHOW.invalid_refusal().into()),
    };
    let differences = context.change(SettingValue::Pictures(is_on)).await?;
    change_response(context, request, &differences, vec![state_text(context.catalog, is_on)]).await
}

/// Whether there are pictures, in words.
pub(super) fn state_text(catalog: &Catalog, is_on: bool) -> Text {
    catalog.locale().text(if is_on { "config-pictures-on" } else { "config-pictures-off" }).into()
}

/// The request that turns them on or off.
pub(super) fn switch_request(is_on: bool) -> Request {
    Request::new(COMMAND.name).with(SHOW.name, if is_on { ON } else { OFF })
}
