//! `allswell reference`: pages generated from the same tables that the program reads by. Tests compare them with docs/reference.

mod channels;
mod configuration;
mod protocols;
mod table;

pub(crate) use protocols::protocols;

use crate::exit::Exit;
use crate::out;

/// Print a reference page in Markdown
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Which page
    #[arg(value_enum)]
    page: Page,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Page {
    /// Every key of the configuration
    Configuration,
    /// Every kind of channel with its settings
    Channels,
    /// Every metric with its labels
    Metrics,
    /// Every protocol with its settings and fields
    Protocols,
}

/// Prints the page.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    let page = match arguments.page {
        Page::Configuration => configuration::configuration(),
        Page::Channels => channels::channels(),
        Page::Metrics => allswell_web::metrics_reference(),
        Page::Protocols => protocols(),
    };
    out::deliver(&page).err().unwrap_or(Exit::Fine)
}

#[cfg(test)]
mod tests;
