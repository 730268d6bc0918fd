//! The fixed vocabulary of a dataset: kinds of entries, and the words of the front matter.

use schemars::JsonSchema;
use serde::Deserialize;

use super::PartialDate;

/// An enum of words in a dataset, which its schema, its parser and its `name` spell alike.
macro_rules! words {
    ($(#[$attribute:meta])* $name:ident { $($(#[doc = $about:literal])* $variant:ident = $word:literal,)+ }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Deserialize, JsonSchema, strum::EnumString, strum::IntoStaticStr)]
        pub enum $name {
            $($(#[doc = $about])* #[serde(rename = $word)] #[strum(serialize = $word)] $variant,)+
        }

        impl $name {
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            pub fn name(self) -> &'static str {
                self.into()
            }

            pub fn from_name(name: &str) -> Option<Self> {
                name.parse().ok()
            }
        }
    };
}

words! {
    /// The kind of an entry, in listing order; its folder, and the value of `kind` options.
    Kind {
        Demand = "demand",
        Event = "event",
        /// An actor's stance on each demand.
        Position = "position",
        /// A dated text or statement with terms, and its stance on each demand.
        Proposal = "proposal",
        Term = "term",
        Place = "place",
        /// A person, state, body or group.
        Actor = "actor",
        /// An obstacle to an agreement, or an opening for one.
        Outlook = "outlook",
        /// A summary of a section of the article.
        Section = "section",
    }
}

words! {
    /// What a holder thinks of a demand.
    Stance {
        /// Asks for it.
        Demands = "demands",
        /// Refuses it.
        Opposes = "opposes",
        /// Could accept it under conditions.
        Conditional = "conditional",
        /// Is of several minds.
        Divided = "divided",
        /// Says nothing of it, as far as the dataset knows.
        Silent = "silent",
    }
}

words! {
    /// A proposal's stance on a demand.
    CellStance {
        /// Asks the other side for it.
        Asks = "asks",
        /// Offers it of its own accord.
        Offers = "offers",
        /// Agrees to it.
        Accepts = "accepts",
        /// Refuses it.
        Rejects = "rejects",
        /// Leaves it to later talks.
        SetsAside = "sets aside",
        /// Does not mention it.
        Silent = "silent",
    }
}

words! {
    /// How a proposal is known.
    ProposalStatus {
        /// Its author published the text.
        OfficialText = "official text",
        /// Its author said it.
        Speech = "speech",
        /// Others reported its terms.
        Reported = "reported",
        /// A draft that its author did not publish.
        LeakedDraft = "leaked draft",
    }
}

words! {
    /// Which way an entry on the outlook points.
    Leaning {
        /// It stands in the way of an agreement.
        Obstacle = "obstacle",
        /// It could lead to one.
        Opening = "opening",
        /// It is an open question.
        Open = "open",
    }
}

/// A stance on one demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldStance {
    pub stance: Stance,
    pub change: Option<StanceChange>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StanceChange {
    /// The first day, month or year of the stance.
    pub since: PartialDate,
    /// The stance before, where it is known.
    pub was: Option<Stance>,
}

/// What a proposal says on one demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub stance: CellStance,
    /// The terms in a line; empty where the proposal is silent.
    pub text: String,
    /// Indices into the article's sources; none where the proposal is silent.
    pub sources: Vec<usize>,
}
