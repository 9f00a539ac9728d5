//! Whether everybody can read and use the pages: our own checker, run over every page in the browser that draws it.

use allswell_testkit::browser::{Browser, Key};

const CHECKER: &str = include_str!("access.js");

/// What only decorates: what it would say is said by something else beside it.
const DECORATION: &str = ".grid, .lane, .wash, .inner, .outer, .cut, .share *, .took rect, .hatch, .murk";

/// Whatever can be reached and used has a name and a role of its own.
const USABLE: &str = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";

/// Everything that is wrong with the page that is open.
pub(crate) fn wrongs(browser: &Browser, finger: bool) -> Vec<String> {
    let found = browser.run(CHECKER, &[DECORATION.into(), finger.into()]);
    let mut wrongs: Vec<String> = found.as_array().unwrap().iter().map(|wrong| wrong.as_str().unwrap().to_owned()).collect();
    for (what, role, label) in browser.names(USABLE) {
        if label.trim().is_empty() {
            wrongs.push(format!("name: {what} has none"));
        }
        if matches!(role.as_str(), "" | "generic" | "none") {
            wrongs.push(format!("role: {what} can be reached and has none"));
        }
    }
    wrongs
}

/// What the keyboard does not reach, or reaches where nobody sees it.
pub(crate) fn unreached(browser: &Browser) -> Vec<String> {
    let all = browser.run(COUNT, &[]);
    let mut left: Vec<String> = all.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    let count = left.len();
    let mut wrongs = Vec::new();
    let mut last = -1;
    for _ in 0..=count + 2 {
        browser.press(Key::Tab);
        let at = browser.run(WHERE, &[]);
        if at.is_null() {
            break;
        }
        let (number, name) = (at[0].as_i64().unwrap(), at[1].as_str().unwrap());
        if let Some(wrong) = at[2].as_str() {
            wrongs.push(format!("focus: {name} {wrong}"));
        }
        if number <= last {
            wrongs.push(format!("focus order: {name} comes after what stands behind it"));
        }
        last = number;
        if let Some(known) = usize::try_from(number).ok().and_then(|number| left.get_mut(number)) {
            known.clear();
        }
    }
    wrongs.extend(left.into_iter().filter(|name| !name.is_empty()).map(|name| format!("focus: {name} is never reached")));
    wrongs
}

/// Numbers what the keyboard should reach, and names it.
const COUNT: &str = "
    const usable = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex=\"0\"]')];
    const reachable = usable.filter((node) => !node.disabled && node.tabIndex >= 0 && node.checkVisibility({ visibilityProperty: true }));
    window.order = new Map(reachable.map((node, number) => [node, number]));
    document.activeElement.blur();
    getSelection().removeAllRanges();
    scrollTo(0, 0);
    return reachable.map((node) => `<${node.tagName.toLowerCase()}> ${node.id || node.textContent.trim().slice(0, 30)}`);";

/// The number of what has the focus, its name, and what is wrong with how that is shown.
const WHERE: &str = "
    const at = document.activeElement;
    if (!at || at === document.body || at === document.documentElement) return null;
    const [style, box] = [getComputedStyle(at), at.getBoundingClientRect()];
    const known = window.order.has(at) ? window.order.get(at) : -1;
    let wrong = null;
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) wrong = 'has no ring around it';
    else if (box.width < 2 || box.height < 2) wrong = 'has no size';
    else {
        const inside = (x, y) => { const top = document.elementFromPoint(x, y); return top && (at.contains(top) || top.contains(at) && !top.matches('header')); };
        const rects = [...at.getClientRects()];
        const spots = rects.flatMap((r) => [[r.left + r.width / 2, r.top + r.height / 2], [r.left + 3, r.top + 3], [r.right - 3, r.bottom - 3]]);
        if (!spots.some(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight && inside(x, y))) wrong = 'is not seen where it is';
    }
    return [known, `<${at.tagName.toLowerCase()}> ${at.id || at.textContent.trim().slice(0, 30)}`, wrong];";

/// Whether the announcements stay silent while nothing happens.
pub(crate) fn watch_announcements(browser: &Browser) {
    let _ = browser.run(
        "window.announced = [];
        new MutationObserver((changes) => {
            for (const change of changes) {
                const at = change.target.nodeType === Node.TEXT_NODE ? change.target.parentElement : change.target;
                const live = at && at.closest('[role=status], [role=alert], [aria-live]');
                if (live && !at.closest('[aria-hidden=true]')) window.announced.push(live.textContent.trim());
            }
        }).observe(document.body, { subtree: true, childList: true, characterData: true });",
        &[],
    );
}

/// What was announced since.
pub(crate) fn announced(browser: &Browser) -> Vec<String> {
    let heard = browser.run("return window.announced", &[]);
    heard.as_array().unwrap().iter().map(|said| said.as_str().unwrap().to_owned()).collect()
}

/// Keeps the page that is open as it is.
pub(crate) fn hold(browser: &Browser) {
    let _ = browser.run("window.fetch = () => new Promise(() => {})", &[]);
}
