//! What the matrices of positions and proposals have in common: a row of marks for each, by demand.

use crate::card::{Card, Link};
use crate::catalog::{Catalog, Item};
use crate::content::Article;
use crate::picture::{Mark, Matrix};
use crate::request::{ARTICLE, Request};

/// Keeps the items of the first article that has any, because each article has demands of its own.
/// Returns links to the matrices of the others.
pub(super) fn keep_one_article(request: &Request, items: &mut Vec<Item<'_>>) -> Vec<Link> {
    let Some(first) = items.first().copied() else { return Vec::new() };
    let mut articles: Vec<_> = items.iter().map(|item| item.article).collect();
    articles.sort_by_key(|article| &article.id);
    articles.dedup_by_key(|article| &article.id);
    items.retain(|item| item.is_in_article_of(first));
    let others = articles.into_iter().filter(|article| article.id != first.article.id);
    let link = |article: &Article| {
        let request = request.clone().at_page(1).with(ARTICLE.name, article.id.to_string());
        Link::new(&article.short_title, request)
    };
    others.map(link).collect()
}

/// The name of an item's article, if several are loaded.
pub(super) fn kicker(catalog: &Catalog, item: Item<'_>) -> String {
    match catalog.has_several() {
        true => item.article.short_title.clone(),
        false => String::new(),
    }
}

/// The demands with their numbers: "1 NATO membership · 2 Neutrality".
pub(super) fn numbered(demands: &[Item<'_>]) -> String {
    let title = |demand: &Item<'_>| format!("{} {}", demand.entry.number(), demand.entry.title);
    demands.iter().map(title).collect::<Vec<_>>().join(" · ")
}

/// Each stance of `all` that is held, with the numbers of the demands: "demands 1, 2, 3; silent on
/// 4".
pub(super) fn stances_text<S: Copy + PartialEq>(
    all: impl IntoIterator<Item = S>,
    held: impl Iterator<Item = S> + Clone,
    text: impl Fn(S, String) -> String,
) -> String {
    let of_stance = |stance: S| {
        let numbered = (1..).zip(held.clone()).filter(|(_, held)| *held == stance);
        let numbers: Vec<String> =
            numbered.map(|(number, _): (u8, _)| number.to_string()).collect();
        (!numbers.is_empty()).then(|| text(stance, numbers.join(", ")))
    };
    all.into_iter().filter_map(of_stance).collect::<Vec<_>>().join("; ")
}

/// Completes the matrix of a page, and draws it.
pub(super) fn complete(card: &mut Card, demands: &[Item<'_>], lead: String, legend: Vec<Mark>) {
    let Some(matrix) = &mut card.matrix else { return };
    let column =
        |demand: &Item<'_>| (demand.entry.number().to_string(), demand.entry.title.clone());
    matrix.columns = demands.iter().map(column).collect();
    matrix.legend = legend;
    let drawn = Matrix {
        title: card.title.clone(),
        lead,
        footer: card.covers_until.clone().unwrap_or_default(),
        ..matrix.clone()
    };
    card.picture = drawn.picture();
}
