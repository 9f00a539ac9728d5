//! What the overview shows: few targets whole, many by group, or the filtered ones page by page.

use std::ops::Bound;

use allswell_model::{TargetId, Timestamp};

use crate::facts::Facts;
use crate::filter::{Filter, group_value};
use crate::look::Look;
use crate::overview::groups::{GROUPS, Group, tally};
use crate::overview::headline::{Headline, Tally};
use crate::overview::problems::{Problems, fold};
use crate::overview::row::Row;
use crate::paging;
use crate::params::Params;
use crate::percent;
use crate::problem::Problem;
use crate::text;

/// Up to so many targets every one has its row; beyond that each group has one line.
const FEW: usize = 60;
/// So many rows stand on one page of a list or in one open group.
const ROWS: usize = 50;
/// So many groups are open at once.
const OPEN: usize = 2;

/// What the address asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ask {
    filter: Filter,
    open: Vec<String>,
    /// The list goes on after this target.
    after: Option<TargetId>,
    /// The groups go on after this one.
    groups_after: Option<String>,
}

/// The part of the page that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Body {
    /// The filtered targets.
    List(List),
    /// All of them, problems first.
    All(All),
}

/// A page of filtered targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct List {
    /// How many there are on all pages.
    pub(crate) total: String,
    /// Those on this page.
    pub(crate) rows: Vec<Row>,
    /// The next page.
    pub(crate) next: Option<String>,
}

/// Problems and groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct All {
    /// What is wrong.
    pub(crate) problems: Problems,
    /// The groups of this page.
    pub(crate) groups: Vec<Group>,
    /// Whether a group is a line that opens.
    pub(crate) folded: bool,
    /// Whether a group's name is worth telling.
    pub(crate) named: bool,
    /// The next page of groups.
    pub(crate) next: Option<String>,
}

/// All that is gathered under one look at the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct View {
    /// The sentence over everything.
    pub(crate) headline: Headline,
    /// The rest.
    pub(crate) body: Body,
}

impl Ask {
    /// Reads the address; parameters that it does not know change nothing.
    pub(crate) fn read(params: &Params) -> Result<Self, Problem> {
        let after = params.first("after").filter(|text| !text.is_empty());
        Ok(Self {
            filter: Filter::parse(&params.0).map_err(Problem::bad_request)?,
            open: params.all("open").map(str::to_owned).take(OPEN).collect(),
            after: after.map(paging::target_of).transpose()?,
            groups_after: params.first("groups_after").map(str::to_owned),
        })
    }
}

impl View {
    /// Gathers everything in one pass over the rows.
    pub(crate) fn of<'a>(rows: &mut dyn Iterator<Item = Facts<'a>>, ask: &Ask, now: Timestamp) -> Self {
        let rows: Vec<Facts<'a>> = rows.collect();
        let mut counted = Tally::default();
        rows.iter().for_each(|facts| counted.add(facts));
        let headline = counted.headline(now);
        let body = if ask.filter.is_empty() { Body::All(all(&rows, ask, now)) } else { Body::List(list(&rows, ask, now)) };
        Self { headline, body }
    }
}

impl Body {
    /// Whether there are rows with bars on it.
    pub(crate) fn has_rows(&self) -> bool {
        match self {
            Self::List(list) => !list.rows.is_empty(),
            Self::All(all) => all.groups.iter().any(|group| group.rows.is_some()),
        }
    }
}

fn list(rows: &[Facts<'_>], ask: &Ask, now: Timestamp) -> List {
    let wanted: Vec<&Facts<'_>> = rows.iter().filter(|facts| ask.filter.admits(facts)).collect();
    let from = ask.after.as_ref().map_or(0, |after| wanted.partition_point(|facts| facts.target.id <= *after));
    let page: Vec<_> = wanted.iter().skip(from).take(ROWS).collect();
    let last = page.last().filter(|_| wanted.len() > from + ROWS);
    let next = last.map(|facts| {
        let after = paging::after_target(&facts.target.id);
        format!("/{}", percent::query(ask.filter.pairs().into_iter().chain([("after", after.as_str())])))
    });
    List { total: text::count(wanted.len()), rows: page.into_iter().map(|facts| Row::with_bars(facts, now)).collect(), next }
}

fn all(rows: &[Facts<'_>], ask: &Ask, now: Timestamp) -> All {
    let counted = tally(rows.iter().copied());
    let folded = rows.len() > FEW;
    let start = ask.groups_after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let mut names = counted.range::<str, _>((start, Bound::Unbounded));
    let mut groups = Vec::new();
    for (name, counts) in names.by_ref().take(GROUPS) {
        let mut group = Group::closed(name, counts);
        if !folded || ask.open.iter().any(|open| open == group_value(name)) {
            let mut members: Vec<&Facts<'_>> = rows.iter().filter(|facts| &*facts.target.name.group == *name).collect();
            if folded {
                // Of many the worst are what one opens it for; few keep their places.
                members.sort_by_key(|facts| std::cmp::Reverse(facts.look));
            }
            let shown = if folded { ROWS } else { FEW };
            group.more = members.len() > shown;
            group.rows = Some(members.into_iter().take(shown).map(|facts| Row::with_bars(facts, now)).collect());
        }
        groups.push((*name, group));
    }
    let next = names.next().and_then(|_| groups.last()).map(|(last, _)| format!("/{}", percent::query([("groups_after", *last)])));
    All {
        problems: if ask.groups_after.is_some() { Problems::default() } else { fold(rows.iter().copied(), now) },
        named: counted.keys().any(|name| !name.is_empty()),
        groups: groups.into_iter().map(|(_, group)| group).collect(),
        folded,
        next,
    }
}

/// The filters over the list, as links that change one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilterBar {
    /// Whether anything is filtered.
    pub(crate) on: bool,
    /// The text that is searched for.
    pub(crate) text: String,
    /// What a new search keeps.
    pub(crate) kept: Vec<(String, String)>,
    /// One for each status that there is.
    pub(crate) chips: Vec<Chip>,
    /// The filter beside status, in words.
    pub(crate) said: String,
}

/// A status to filter by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chip {
    /// Which.
    pub(crate) look: Look,
    /// How many there are.
    pub(crate) count: String,
    /// Where it is switched over.
    pub(crate) href: String,
    /// Whether it is on.
    pub(crate) on: bool,
}

impl FilterBar {
    /// The bar for this page.
    pub(crate) fn of(ask: &Ask, headline: &Headline) -> Self {
        let filter = &ask.filter;
        let shown = |look: &Look| headline.counts.of(*look) > 0 || filter.asks_for(*look);
        let chip = |look| Chip {
            look,
            count: text::count(headline.counts.of(look)),
            href: filter.toggled(look).href(),
            on: filter.asks_for(look),
        };
        let kept = filter.pairs().into_iter().filter(|(name, _)| *name != "q");
        let said = [("in", filter.group()), ("because", filter.cause()), ("with", filter.text())];
        let said = said.into_iter().filter(|(_, value)| !value.is_empty()).map(|(word, value)| format!("{word} {value}"));
        Self {
            on: !filter.is_empty(),
            text: filter.text().to_owned(),
            kept: kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            chips: Look::ALL.into_iter().filter(shown).map(chip).collect(),
            said: said.collect::<Vec<_>>().join(", "),
        }
    }
}
