//! The matrix of a mesh of real programs, each on a host of its own: a pair is cut, and the page says so by itself.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use allswell_testkit::browser::Browser;
use allswell_testkit::namespace::hosts::Hosts;
use allswell_testkit::namespace::inside;
use serde_json::Value;

use crate::program::Program;

const NODES: u8 = 3;

/// From the cut to the page that shows our own end of it: three intervals of 50 ms, the page's own 2 s, and a busy machine.
const OWN_SHOWN_WITHIN: Duration = Duration::from_secs(4);

/// And the other end of it, of which we hear from the third node: its second, ours, and the page's 2 s once more.
const BOTH_SHOWN_WITHIN: Duration = Duration::from_secs(8);

/// Every cell of two nodes: its title, its classes, what is read in it, its shape, the shape's word, and its colour.
const CELLS: &str = "return [...document.querySelectorAll('table.matrix tbody td:not(.itself)')].map((cell) => [cell.title, cell.className, \
                     cell.innerText.trim(), cell.querySelector('use')?.getAttribute('href') ?? '', \
                     cell.querySelector('svg')?.getAttribute('aria-label') ?? '', getComputedStyle(cell).backgroundColor]);";

#[derive(Debug)]
struct Seen {
    title: String,
    classes: String,
    text: String,
    shape: String,
    word: String,
    colour: String,
}

fn cells(browser: &Browser) -> Vec<Seen> {
    let cells = browser.run(CELLS, &[]);
    let text = |cell: &Value, index: usize| cell[index].as_str().unwrap().to_owned();
    let seen = |cell: &Value| {
        let [title, classes, text, shape, word, colour] = [0, 1, 2, 3, 4, 5].map(|index| text(cell, index));
        Seen { title, classes, text, shape, word, colour }
    };
    cells.as_array().unwrap().iter().map(seen).collect()
}

impl Seen {
    fn is_up(&self) -> bool {
        // It has no normal of its own yet, and a busy machine may make it slower than that: those are shades of their own.
        let is_lit = self.classes.split(' ').any(|class| ["hx", "h0", "h1", "h2", "h3"].contains(&class));
        is_lit && self.text.starts_with(|first: char| first.is_ascii_digit()) && self.shape != "#s-down"
    }

    fn is_down(&self) -> bool {
        self.classes.split(' ').any(|class| class == "down") && self.shape == "#s-down" && self.word == "down"
    }

    fn is_of(&self, a: u8, b: u8) -> bool {
        [(a, b), (b, a)].iter().any(|(from, to)| self.title.starts_with(&format!("node-{from} to node-{to}")))
    }
}

fn start(folder: &Path, hosts: &Hosts, own: u8) -> Program {
    let peers = (1..=NODES).map(|number| format!("    - {{ name: node-{number}, address: {} }}\n", Hosts::address(number)));
    let peers: String = peers.collect();
    let folder = folder.join(own.to_string());
    let keys = "keys: [{ id: 1, secret: 0123456789abcdef0123456789abcdef }]";
    fs::create_dir(&folder).unwrap();
    let links = format!("links:\n  listen: {}\n  {keys}\n  peers:\n{peers}", Hosts::address(own));
    let text = format!("listen: 127.0.0.1:0\nstore: history\nnode: {{ name: node-{own} }}\n{links}");
    fs::write(folder.join("allswell.yaml"), text).unwrap();
    hosts.space(own).run(|| Program::start(&folder, &["run"]))
}

#[test]
fn a_pair_that_is_cut_is_seen_in_the_matrix_without_reloading() {
    inside(|| {
        let root = tempfile::tempdir().unwrap();
        let hosts = Hosts::switched(NODES);
        let programs: Vec<Program> = hosts.numbers().map(|own| start(root.path(), &hosts, own)).collect();
        let line = programs[0].until_it_says("Page:");
        let page = format!("http://{}", line.rsplit("http://").next().unwrap().trim_end_matches('/'));
        hosts.space(1).run(|| look(&hosts, &page));
    });
}

/// On the first host, where the browser is.
fn look(hosts: &Hosts, page: &str) {
    let Some(browser) = Browser::start() else { return };
    browser.open(&format!("{page}/links"));
    let mut up = Vec::new();
    let begun = Instant::now();
    browser.until("figures of all pairs", |browser| {
        up = cells(browser);
        let all = up.len() == 6 && up.iter().all(Seen::is_up);
        assert!(all || begun.elapsed() < Duration::from_secs(12), "{up:#?}");
        all
    });
    browser.picture("links");
    let _ = browser.run("window.marked = true", &[]);

    let begun = Instant::now();
    hosts.cut_pair(1, 2);
    let down = |browser: &Browser| cells(browser).into_iter().filter(Seen::is_down).count();
    browser.until("our end of the pair that is cut", |browser| down(browser) >= 1);
    let own = begun.elapsed();
    browser.until("both ends of it", |browser| down(browser) == 2);
    let both = begun.elapsed();
    println!("the matrix showed our end of the cut pair {own:?} after the cut, and both after {both:?}");
    assert!(own < OWN_SHOWN_WITHIN && both < BOTH_SHOWN_WITHIN, "{own:?} {both:?}");
    let cut = cells(&browser);
    for cell in &cut {
        assert_eq!(cell.is_down(), cell.is_of(1, 2), "{cell:?}");
        assert_eq!(up.iter().all(|before| before.colour != cell.colour), cell.is_of(1, 2), "{cell:?}");
    }
    browser.until("what it amounts to", |browser| browser.text("#bar").contains("node-1 and node-2 do not reach each other"));
    assert_eq!(browser.run("return window.marked === true", &[]), Value::Bool(true), "it was never loaded anew");
    browser.picture("links-cut");

    browser.open(&format!("{page}/links/node-2"));
    browser.until("its state", |browser| browser.text("#bar").starts_with("down"));
    let sessions = browser.text("[data-key='sessions']");
    assert!(sessions.contains("silent") && sessions.contains("No packet from node-2 for"), "{sessions}");
    hosts.restore_all();
    browser.until("the session after it", |browser| browser.text("[data-key='sessions']").contains("stands"));
    let sessions = browser.text("[data-key='sessions']");
    assert!(sessions.contains("silent") && browser.text("#bar").starts_with("up"), "{sessions}");
    browser.picture("link");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
