//! Which targets are asked for: `?status=down&group=prod/db&cause=refused&q=api`, the same on the page and in the API.

use crate::facts::Facts;
use crate::look::Look;
use crate::percent;

/// The group of those that stand in no group, as URLs call it.
pub(crate) const UNGROUPED: &str = "/";

/// What a target must be to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    statuses: Vec<Look>,
    group: Option<String>,
    cause: Option<String>,
    text: Option<String>,
}

impl Filter {
    /// The parameters that a filter reads.
    pub(crate) const NAMES: [&str; 4] = ["status", "group", "cause", "q"];

    /// Reads the filter's parameters and passes over all others; an empty value filters nothing.
    ///
    /// # Errors
    /// One sentence, when a status is none.
    pub(crate) fn parse(pairs: &[(String, String)]) -> Result<Self, String> {
        let mut filter = Self::default();
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "status" => filter.add_statuses(value)?,
                "group" => filter.group = Some(value.clone()),
                "cause" => filter.cause = Some(value.clone()),
                "q" => filter.text = Some(value.clone()),
                _ => {}
            }
        }
        Ok(filter)
    }

    fn add_statuses(&mut self, value: &str) -> Result<(), String> {
        for word in value.split(',') {
            let known = || Look::ALL.map(Look::code).join(", ");
            let look = Look::from_code(word).ok_or_else(|| format!("`{word}` is no status; there are {}.", known()))?;
            if !self.statuses.contains(&look) {
                self.statuses.push(look);
            }
        }
        Ok(())
    }

    /// Only those in this group.
    pub(crate) fn of_group(group: &str) -> Self {
        Self { group: Some(group_value(group).to_owned()), ..Self::default() }
    }

    /// Only those that look so.
    pub(crate) fn of_look(look: Look) -> Self {
        Self { statuses: vec![look], ..Self::default() }
    }

    /// Only those that look so for this cause, where there is one.
    pub(crate) fn of_cause(look: Look, cause: Option<&str>) -> Self {
        Self { cause: cause.map(str::to_owned), ..Self::of_look(look) }
    }

    /// Whether it lets everything through.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The text that is searched for.
    pub(crate) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// The group that is asked for.
    pub(crate) fn group(&self) -> &str {
        self.group.as_deref().unwrap_or_default()
    }

    /// The cause that is asked for.
    pub(crate) fn cause(&self) -> &str {
        self.cause.as_deref().unwrap_or_default()
    }

    /// Whether this status is asked for by name.
    pub(crate) fn asks_for(&self, look: Look) -> bool {
        self.statuses.contains(&look)
    }

    /// The same with one status asked for if it was not, and the reverse.
    pub(crate) fn toggled(&self, look: Look) -> Self {
        let mut statuses = self.statuses.clone();
        match statuses.iter().position(|known| *known == look) {
            Some(at) => drop(statuses.remove(at)),
            None => statuses.push(look),
        }
        Self { statuses, ..self.clone() }
    }

    /// The filter as parameters, in a fixed order.
    pub(crate) fn pairs(&self) -> Vec<(&str, &str)> {
        let statuses = self.statuses.iter().map(|look| ("status", look.code()));
        let rest = [("group", &self.group), ("cause", &self.cause), ("q", &self.text)];
        statuses.chain(rest.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))).collect()
    }

    /// The page that shows it: `/?status=down`.
    pub(crate) fn href(&self) -> String {
        format!("/{}", percent::query(self.pairs()))
    }

    /// Whether the target is asked for.
    pub(crate) fn admits(&self, facts: &Facts<'_>) -> bool {
        (self.statuses.is_empty() || self.statuses.contains(&facts.look))
            && self.group.as_deref().is_none_or(|asked| within(&facts.target.name.group, asked))
            && self.cause.as_deref().is_none_or(|asked| has_cause(facts, asked))
            && self.text.as_deref().is_none_or(|asked| mentions(facts, asked))
    }
}

/// A group as the filter's value; the empty one has a name of its own.
pub(crate) fn group_value(group: &str) -> &str {
    if group.is_empty() { UNGROUPED } else { group }
}

/// `prod` holds `prod` and `prod/db`, not `production`.
fn within(group: &str, asked: &str) -> bool {
    if asked == UNGROUPED {
        return group.is_empty();
    }
    group.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn has_cause(facts: &Facts<'_>, asked: &str) -> bool {
    facts.why().cause == Some(asked)
}

fn mentions(facts: &Facts<'_>, asked: &str) -> bool {
    let target = facts.target;
    let labels = target.labels.values().map(String::as_str);
    [target.id.as_str(), &target.name.name, &target.name.group, &target.url].into_iter().chain(labels).any(|text| holds(text, asked))
}

/// Whether the text holds the part, whatever the case of their ASCII letters.
fn holds(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len().max(1)).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

#[cfg(test)]
mod tests;
