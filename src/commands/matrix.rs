//! What the matrices of positions and proposals have in common: a row of marks for each, by demand.

use crate::card::Card;
use crate::catalog::Item;
use crate::content::Kind;
use crate::picture::{Mark, Matrix};

/// The demands with their numbers: "1 NATO membership · 2 Neutrality".
pub(super) fn numbered(demands: &[Item<'_>]) -> String {
    let title = |demand: &Item<'_>| format!("{} {}", demand.entry.number(), demand.entry.title);
    demands.iter().map(title).collect::<Vec<_>>().join(" · ")
}

/// Completes the matrix of a page of these items, and draws it where all of them are of one article.
pub(super) fn complete(
    card: &mut Card,
    demands: &[Item<'_>],
    items: &[Item<'_>],
    lead: String,
    legend: Vec<Mark>,
) {
    let (Some(matrix), [first, others @ ..]) = (&mut card.matrix, items) else { return };
    let column = |demand: Item<'_>| (demand.entry.number().to_string(), demand.entry.title.clone());
    matrix.columns = demands.iter().copied().map(column).collect();
    matrix.legend = legend;
    if others.iter().all(|other| other.is_in_article_of(*first)) {
        let drawn = Matrix {
            title: card.title.clone(),
            lead,
            columns: first.siblings(Kind::Demand).map(column).collect(),
            footer: card.covers_until.clone().unwrap_or_default(),
            ..matrix.clone()
        };
        card.picture = drawn.picture();
    }
}
