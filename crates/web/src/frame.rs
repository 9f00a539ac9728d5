//! What stands around every page: title, icon, style, script, and as of when.

use allswell_model::Timestamp;

use crate::assets;
use crate::links;
use crate::moment::Moment;
use crate::overview::headline::{Headline, Tally};
use crate::state::App;
use crate::trouble;

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
    /// Why the history is not kept, when it is not.
    pub(crate) trouble: Option<String>,
    /// What the page says of everything, as the script puts a pulse: when they differ the page is old.
    pub(crate) said: String,
    /// What it says of links, in one number.
    links: String,
    /// When the page was made.
    pub(crate) now: Moment,
}

impl Frame {
    /// The frame of a page that is begun now. What happens from here on comes by the stream, even while the page is made.
    pub(crate) fn begun(app: &App, now: Timestamp) -> Self {
        Self {
            title: String::new(),
            name: app.title.clone(),
            icon: String::new(),
            css: assets::css_path(),
            js: assets::js_path(),
            version: app.control.version(),
            cursor: app.reader.newest().to_string(),
            trouble: app.reader.board(trouble::of),
            said: String::new(),
            links: links::said::of(app.control.links().as_deref()),
            now: Moment::of(now, now),
        }
    }

    /// The same with the counts in the tab, after this subject where there is one.
    pub(crate) fn telling(self, headline: &Headline, subject: Option<String>) -> Self {
        let name = Some(self.name.clone()).filter(|name| !name.is_empty());
        let title: Vec<String> = [subject, Some(headline.short()), name, Some("Allswell".to_owned())].into_iter().flatten().collect();
        let said = format!("{}|{}|{}", headline.sentence(), headline.stale, self.links);
        Self { title: title.join(" · "), icon: headline.icon(), said, ..self }
    }

    /// The same for a page about something else than targets: their counts stand in the tab all the same.
    pub(crate) fn about(self, subject: String, app: &App) -> Self {
        let now = app.control.now();
        let headline = app.look(|rows| {
            let mut tally = Tally::default();
            rows.for_each(|facts| tally.add(&facts));
            tally.headline(now)
        });
        self.telling(&headline, Some(subject))
    }
}
