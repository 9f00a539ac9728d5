//! Which part of the matrix a finding is about: it is outlined there.

use allswell_model::link::{Finding, FindingKind, MeshNode};

/// An end of a pair as a finding may name it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End<'a> {
    /// A node's name; empty for a zone.
    pub(crate) name: &'a str,
    /// Where it stands.
    pub(crate) location: &'a str,
}

impl<'a> End<'a> {
    /// A node.
    pub(crate) fn of(node: &'a MeshNode) -> Self {
        Self { name: node.name.as_str(), location: &node.location }
    }

    fn is(self, of: &str) -> bool {
        !of.is_empty() && (self.name == of || self.location.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }
}

/// Whether any of these is about the pair.
pub(crate) fn any_marks(findings: &[Finding], from: End<'_>, to: End<'_>) -> bool {
    findings.iter().any(|finding| marks(finding, from, to))
}

/// Whether any of these is about everything of this end, so that its heading says so.
pub(crate) fn any_names(findings: &[Finding], end: End<'_>) -> bool {
    findings.iter().any(|finding| has_shape(finding.kind) && matches!(finding.of.as_slice(), [of] if end.is(of)))
}

fn marks(finding: &Finding, from: End<'_>, to: End<'_>) -> bool {
    has_shape(finding.kind)
        && match finding.of.as_slice() {
            [a, b] => from.is(a) && to.is(b) || from.is(b) && to.is(a),
            all => all.iter().any(|one| from.is(one) || to.is(one)),
        }
}

/// Whether the finding is more than what its single cell shows anyway.
fn has_shape(kind: FindingKind) -> bool {
    !matches!(kind, FindingKind::LinkDegraded | FindingKind::SelfStalled)
}

#[cfg(test)]
mod tests;
