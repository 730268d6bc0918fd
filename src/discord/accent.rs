//! The accent color of a card: one per kind of entry. The line above the title names the kind, so the
//! color is never the only hint.

use crate::content::Kind;

/// The `accent_color` of [a container](https://docs.discord.com/developers/components/reference#container).
/// All have a contrast of at least 3:1 in Discord's dark and light themes, as
/// [WCAG](https://www.w3.org/TR/WCAG22/#non-text-contrast) requires for graphics.
pub(super) const fn accent_color(kind: Kind) -> u32 {
    match kind {
        Kind::Demand => 0x00D9_573F,
        Kind::Event => 0x003F_86D9,
        Kind::Position => 0x009A_6BD6,
        Kind::Proposal => 0x001F_9A8A,
        Kind::Term => 0x00A8_842C,
        Kind::Place => 0x004C_9A45,
        Kind::Actor => 0x00D0_579B,
        Kind::Outlook => 0x005B_8FA3,
        Kind::Section => 0x008C_8577,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The backgrounds of Discord's themes: dark, its darker variants, and light.
    const BACKGROUNDS: [u32; 5] = [0x2B_2D31, 0x24_2429, 0x1A_1A1E, 0xF2_F3F5, 0xFF_FFFF];

    /// [Relative luminance](https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).
    fn luminance(color: u32) -> f64 {
        let channel = |shift: u32| {
            let value = f64::from(color >> shift & 0xFF) / 255.0;
            if value <= 0.03928 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }

    #[test]
    fn each_kind_has_its_own_color_with_enough_contrast_in_every_theme() {
        let colors = Kind::ALL.map(accent_color);
        for (index, color) in colors.into_iter().enumerate() {
            assert!(!colors[..index].contains(&color), "{color:06x} twice");
            for background in BACKGROUNDS {
                let (a, b) = (luminance(color), luminance(background));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 3.0, "{color:06x} on {background:06x}: {contrast:.2}");
            }
        }
    }
}
