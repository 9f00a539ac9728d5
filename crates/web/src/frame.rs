//! What stands around every page: title, icon, style, script, and as of when.

use allswell_model::Timestamp;

use crate::assets;
use crate::moment::Moment;
use crate::overview::headline::Headline;
use crate::state::App;

/// Around every page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// In the tab.
    pub(crate) title: String,
    /// The node's name.
    pub(crate) name: String,
    /// The icon in the tab.
    pub(crate) icon: String,
    /// The style sheet.
    pub(crate) css: String,
    /// The script.
    pub(crate) js: String,
    /// The program's version.
    pub(crate) version: String,
    /// From here on the stream continues what the page shows.
    pub(crate) cursor: String,
    /// When the page was made.
    pub(crate) now: Moment,
}

impl Frame {
    /// The frame of a page with this subject in the tab, after the counts.
    pub(crate) fn of(app: &App, headline: &Headline, subject: Option<&str>, now: Timestamp) -> Self {
        let name = app.title.clone();
        let parts = [subject.map(str::to_owned), Some(headline.short()), Some(name.clone()).filter(|name| !name.is_empty())];
        let title: Vec<String> = parts.into_iter().flatten().chain(["Allswell".to_owned()]).collect();
        Self {
            title: title.join(" · "),
            name,
            icon: headline.icon(),
            css: assets::css_path(),
            js: assets::js_path(),
            version: app.control.version(),
            cursor: app.reader.newest().to_string(),
            now: Moment::of(now, now),
        }
    }
}
