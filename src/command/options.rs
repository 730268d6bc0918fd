//! Parses and validates the values of options.

use std::num::NonZeroU64;
use std::str::FromStr;

use super::dates::Bounds;
use crate::card::{Link, Refusal, entry};
use crate::catalog::{AskedNumbers, Catalog, Item};
use crate::content::{Kind, PartialDate};
use crate::guild::{ChannelId, parse_id};
use crate::locale::Locale;
use crate::request::{ARTICLE, OptionKind, OptionSpec, Request, ResolvedEntry};
use crate::search::{
    Hit, MatchKind, Nearest, Resolution, asks_for_present_state, is_foreign, names_others,
};
use crate::text::nearest;

/// The most entries offered for an ambiguous text.
const CHOICES_MAX: usize = 10;

/// The most names from a question in another language that a refusal lists.
const NAMES_MAX: usize = 5;

impl OptionSpec {
    /// The parsed value of the option.
    ///
    /// # Errors
    ///
    /// A refusal, if it is invalid.
    pub fn read<T: FromStr>(self, request: &Request) -> Result<Option<T>, Refusal> {
        let read = |text: &str| text.parse().map_err(|_| self.invalid_refusal());
        request.option(self.name).map(read).transpose()
    }

    /// The parsed value of a required option.
    ///
    /// # Errors
    ///
    /// A refusal, if it is missing or invalid.
    pub fn read_required<T: FromStr>(self, request: &Request) -> Result<T, Refusal> {
        self.read(request)?.ok_or_else(|| self.missing_refusal())
    }

    /// The id of a channel, member or role.
    ///
    /// # Errors
    ///
    /// A refusal, if it is not an id.
    pub fn id<Id: From<NonZeroU64>>(self, request: &Request) -> Result<Option<Id>, Refusal> {
        let read = |text: &str| parse_id(text).ok_or_else(|| self.invalid_refusal());
        request.option(self.name).map(read).transpose()
    }

    /// The text of a required option.
    ///
    /// # Errors
    ///
    /// A refusal, if it is missing.
    pub fn text(self, request: &Request) -> Result<&str, Refusal> {
        request.option(self.name).ok_or_else(|| self.missing_refusal())
    }

    /// The channels of an option: a single one, or several from a select.
    ///
    /// # Errors
    ///
    /// A refusal, if there is none, or if one is not an id.
    pub fn channels(self, request: &Request) -> Result<Vec<ChannelId>, Refusal> {
        let ids = self.text(request)?.split(' ');
        ids.map(|id| parse_id(id).ok_or_else(|| self.invalid_refusal())).collect()
    }

    /// The period that an option gives, as `read` parses it.
    ///
    /// # Errors
    ///
    /// A refusal, if it is not a date, or one after the last day that the articles cover.
    pub fn bounds(
        self,
        catalog: &Catalog,
        request: &Request,
        read: impl Fn(&Locale, &str) -> Result<Bounds, Refusal>,
    ) -> Result<Bounds, Refusal> {
        let Some(input) = request.option(self.name) else {
            return Ok((None, None));
        };
        read(catalog.locale(), input).map_err(|other| no_period(catalog, request, input, other))
    }

    /// The id and the name of the topic that an option names.
    ///
    /// # Errors
    ///
    /// A refusal, if no article has the topic.
    pub fn topic<'a>(
        self,
        catalog: &'a Catalog,
        request: &Request,
    ) -> Result<Option<&'a (String, String)>, Refusal> {
        let Some(input) = request.option(self.name) else {
            return Ok(None);
        };
        let topics = || catalog.articles().iter().flat_map(|article| &article.topics);
        let exact = topics()
            .find(|(id, name)| id.eq_ignore_ascii_case(input) || name.eq_ignore_ascii_case(input));
        let found = exact.or_else(|| {
            let near = nearest(&input.to_lowercase(), topics().map(|(id, _)| id.as_str()))?;
            topics().find(|(id, _)| id == near)
        });
        let known = topics().map(|(id, _)| id.as_str());
        found.map(Some).ok_or_else(|| unknown("refuse-no-topic", input, known))
    }

    /// The kind of entries that an option names.
    ///
    /// # Errors
    ///
    /// A refusal, if there is no such kind.
    pub fn kind_of_entry(self, request: &Request) -> Result<Option<Kind>, Refusal> {
        let read = |input: &str| {
            let name = nearest(&input.to_lowercase(), Kind::ALL.map(Kind::name));
            let kind = name.and_then(Kind::from_name);
            kind.ok_or_else(|| {
                unknown("refuse-no-kind", input, Kind::ALL.into_iter().map(Kind::name))
            })
        };
        request.option(self.name).map(read).transpose()
    }

    /// The entry that the request names; `None` if the option is missing.
    ///
    /// # Errors
    ///
    /// A refusal, if the text is ambiguous or matches nothing.
    pub fn find_entry<'a>(
        self,
        catalog: &'a Catalog,
        request: &Request,
    ) -> Result<Option<ResolvedEntry<'a>>, Refusal> {
        let kind = match self.kind {
            OptionKind::Entry(kind) => kind,
            OptionKind::Proposer => Kind::Actor,
            _ => return Ok(None),
        };
        let Some(input) = request.option(self.name) else {
            return Ok(None);
        };
        let article = request.article(catalog)?;
        let resolution = self.resolve(catalog, input, kind, article);
        let is_named = matches!(&resolution, Resolution::One(hit) if hit.kind <= MatchKind::Alias);
        if !is_named || asks_for_present_state(input) {
            let answer = match &resolution {
                Resolution::One(hit) => Some(hit.document),
                Resolution::Several(hits) => hits.first().map(|hit| hit.document),
                Resolution::Nothing(_) => None,
            };
            refuse_uncovered_date(catalog, request, input, answer)?;
        }
        let is_one = matches!(&resolution, Resolution::One(hit) if hit.kind < MatchKind::Text);
        if !is_one && let listed @ [_, _, ..] = catalog.find_listed(input, kind, article).as_slice()
        {
            return Err(self.several_refusal(catalog, request, input, listed));
        }
        match resolution {
            Resolution::One(hit) => {
                let interpretation = match hit.kind {
                    MatchKind::Id | MatchKind::Title => None,
                    kind => Some((input.to_owned(), kind)),
                };
                Ok(Some(ResolvedEntry { item: catalog.item(hit.document), interpretation }))
            }
            Resolution::Several(hits) => {
                let items: Vec<Item<'_>> =
                    hits.iter().map(|hit| catalog.item(hit.document)).collect();
                Err(self.several_refusal(catalog, request, input, &items))
            }
            Resolution::Nothing(nearest) => {
                Err(self.not_found_refusal(catalog, request, input, nearest))
            }
        }
    }

    /// What a text means among the entries of a kind.
    fn resolve(
        self,
        catalog: &Catalog,
        input: &str,
        kind: Kind,
        article: Option<usize>,
    ) -> Resolution {
        let resolution = catalog.resolve(input, kind, article);
        let resolution = without_coincidences(catalog, input, resolution);
        let is_side = matches!(self.kind, OptionKind::Proposer | OptionKind::Entry(Kind::Position));
        match resolution {
            // "Anyone but Russia" is not Russia.
            Resolution::One(hit)
                if is_side && hit.kind == MatchKind::Text && names_others(input) =>
            {
                let documents = vec![hit.document];
                Resolution::Nothing(Nearest { documents, is_close: false })
            }
            Resolution::Nothing(nearest) if is_side && names_others(input) => {
                Resolution::Nothing(Nearest { is_close: false, ..nearest })
            }
            found => found,
        }
    }

    /// The refusal that asks which of several entries a text means.
    pub fn several_refusal(
        self,
        catalog: &Catalog,
        request: &Request,
        input: &str,
        items: &[Item<'_>],
    ) -> Refusal {
        let choices = items.iter().take(CHOICES_MAX);
        let choices = choices.map(|item| self.link(catalog, request, *item));
        Refusal::new("refuse-several").input(input).choices(choices)
    }

    fn not_found_refusal(
        self,
        catalog: &Catalog,
        request: &Request,
        input: &str,
        nearest: Nearest,
    ) -> Refusal {
        let article = request.article(catalog).unwrap_or(None);
        let others = named_elsewhere(catalog, input);
        let closest = others.first().map(|item| item.number).or(nearest.closest());
        let links = others.iter().map(|item| entry::link(catalog, *item));
        let similar = nearest.documents.into_iter();
        let similar = similar.map(|number| self.link(catalog, request, catalog.item(number)));
        let refusal = not_found(catalog, article, input, links.chain(similar), closest);
        match others.is_empty() {
            true => refusal,
            false => refusal.with_key("refuse-other-command").with("option", self.name),
        }
    }

    /// The first page of a request with an entry as the value of the option.
    pub fn link(self, catalog: &Catalog, request: &Request, item: Item<'_>) -> Link {
        let request = request.clone().at_page(1).with(self.name, catalog.name(item));
        Link::new(&item.entry.title, request)
    }

    /// The refusal of an invalid value.
    pub fn invalid_refusal(self) -> Refusal {
        let refusal = match self.kind {
            OptionKind::Number(most) => {
                Refusal::new("refuse-no-number").with("most", usize::from(most))
            }
            OptionKind::Channel(_) => Refusal::new("refuse-no-channel"),
            OptionKind::Member => Refusal::new("refuse-no-member"),
            OptionKind::Role => Refusal::new("refuse-no-role"),
            OptionKind::Flag => Refusal::new("refuse-no-flag"),
            OptionKind::OneOf(known) => {
                Refusal::new("refuse-none-of").with("known", known.join(", "))
            }
            _ => Refusal::new("refuse-unreadable"),
        };
        refusal.with("option", self.name)
    }

    /// The refusal of a missing required option.
    pub fn missing_refusal(self) -> Refusal {
        Refusal::new("refuse-missing").with("option", self.name)
    }
}

/// Replaces the refusal of a text that is no period if it is known to be too late, as "tomorrow" and
/// "last week" are.
pub fn no_period(catalog: &Catalog, request: &Request, input: &str, other: Refusal) -> Refusal {
    refuse_uncovered_date(catalog, request, input, None).err().unwrap_or(other)
}

/// Parses a period, unless the text is the name of an entry, as "fifty days" is. `None` if it is
/// something else.
///
/// # Errors
///
/// A refusal, if it looks like a date but is invalid or ambiguous.
pub fn read_period(
    catalog: &Catalog,
    kind: Kind,
    article: Option<usize>,
    input: &str,
) -> Result<Option<Bounds>, Refusal> {
    super::dates::read_period(catalog.locale(), input).or_else(|refusal| {
        let filter = catalog.filter(Some(kind), article);
        if catalog.search_index().is_name(input, &filter) { Ok(None) } else { Err(refusal) }
    })
}

impl Request {
    /// The requested article, as an index into the catalog.
    ///
    /// # Errors
    ///
    /// A refusal, if no loaded article has the name.
    pub fn article(&self, catalog: &Catalog) -> Result<Option<usize>, Refusal> {
        let Some(input) = self.option(ARTICLE.name) else {
            return Ok(None);
        };
        let is_meant = |title: &str| title.to_lowercase() == input.to_lowercase();
        let articles = catalog.articles();
        let found = articles.iter().position(|one| {
            is_meant(one.id.as_str()) || is_meant(&one.short_title) || is_meant(&one.title)
        });
        let known = articles.iter().map(|one| one.id.as_str());
        found.map(Some).ok_or_else(|| unknown("refuse-no-article", input, known))
    }
}

/// The refusal of a name that is none of the known ones.
fn unknown<'k>(key: &'static str, input: &str, known: impl Iterator<Item = &'k str>) -> Refusal {
    Refusal::new(key).input(input).with("known", known.collect::<Vec<_>>().join(", "))
}

/// Removes the entries that share just a number with a question.
fn without_coincidences(catalog: &Catalog, input: &str, resolution: Resolution) -> Resolution {
    if matches!(&resolution, Resolution::One(hit) if hit.kind <= MatchKind::Alias) {
        return resolution;
    }
    let asked = AskedNumbers::of(input);
    let is_other = |document: usize| catalog.contradicts(document, &asked);
    let is_kept = |hit: &Hit| hit.kind <= MatchKind::Alias || !is_other(hit.document);
    match resolution {
        Resolution::One(hit) if is_other(hit.document) => Resolution::Nothing(Nearest::default()),
        Resolution::Several(mut hits) => {
            hits.retain(is_kept);
            match hits.as_slice() {
                [] => Resolution::Nothing(Nearest::default()),
                [only] => Resolution::One(only.clone()),
                _ => Resolution::Several(hits),
            }
        }
        Resolution::Nothing(mut nearest) => {
            nearest.retain(|document| !is_other(document));
            Resolution::Nothing(nearest)
        }
        Resolution::One(_) => resolution,
    }
}

/// The entries of other kinds that a text is a name of.
fn named_elsewhere<'a>(catalog: &'a Catalog, input: &str) -> Vec<Item<'a>> {
    let (index, all) = (catalog.search_index(), catalog.filter(None, None));
    let named = if index.is_name(input, &all) { index.find_by_name(input, &all) } else { vec![] };
    named.into_iter().map(|number| catalog.item(number)).collect()
}

/// The refusal if no entry answers a question; `closest` is the nearest document.
pub fn not_found(
    catalog: &Catalog,
    article: Option<usize>,
    input: &str,
    nearest: impl Iterator<Item = Link>,
    closest: Option<usize>,
) -> Refusal {
    let nearest: Vec<Link> = nearest.collect();
    let key = match nearest.is_empty() {
        true => "refuse-not-here-at-all",
        false => "refuse-not-here",
    };
    let mut refusal =
        Refusal::new(key).input(input).covers_until(catalog.covers_until_text(article));
    if is_foreign(input) {
        let found = catalog.search_index().find_names_of_list(input, &catalog.filter(None, None));
        let titles = found.iter().map(|one| catalog.item(one.document).entry.title.as_str());
        let names = titles.take(NAMES_MAX).collect::<Vec<_>>().join(", ");
        refusal = match names.is_empty() {
            true => refusal.item("not-in-english", Vec::new()),
            false => refusal.item("not-in-english.names", vec![("names", names.into())]),
        };
    }
    if let Some(number) = closest {
        let entry = catalog.item(number).entry;
        let (title, summary) = (entry.title.clone(), entry.summary.clone());
        let arguments = vec![("title", title.into()), ("summary", summary.into())];
        refusal = refusal.item("refuse-not-here.closest", arguments);
    }
    refusal.choices(nearest)
}

/// Refuses a question whose only date is later than the articles cover, unless its best answer is
/// about that date.
///
/// # Errors
///
/// The refusal.
pub fn refuse_uncovered_date(
    catalog: &Catalog,
    request: &Request,
    input: &str,
    answer: Option<usize>,
) -> Result<(), Refusal> {
    let article = request.article(catalog)?;
    let later = catalog.find_uncovered_date(input, article, request.today, answer);
    later.map_or(Ok(()), |until| Err(uncovered_date_refusal(catalog, until)))
}

/// The refusal of a date after the last day that the articles cover.
pub fn uncovered_date_refusal(catalog: &Catalog, until: PartialDate) -> Refusal {
    Refusal::new("refuse-too-late").with("until", catalog.locale().partial_date(until))
}
