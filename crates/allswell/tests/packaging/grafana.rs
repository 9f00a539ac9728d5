//! The board: what its panels ask, and that they do not cover one another.

use serde_json::Value;

use crate::read;

fn board() -> Value {
    serde_json::from_str(&read("grafana/allswell.json")).unwrap()
}

fn panels() -> Vec<Value> {
    board()["panels"].as_array().unwrap().clone()
}

/// What a panel is called and what it asks, with the variables of the board filled in as Grafana does for "all".
pub(crate) fn questions() -> Vec<(String, String)> {
    let mut questions = Vec::new();
    for panel in panels() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expression = target["expr"].as_str().unwrap();
            let filled = expression.replace("$instance", ".*").replace("$group", ".*").replace("$__rate_interval", "1m");
            assert!(!filled.contains('$'), "a variable that nobody fills in: {expression}");
            questions.push((panel["title"].as_str().unwrap().to_owned(), filled));
        }
    }
    questions
}

#[test]
fn each_panel_has_a_title_a_unit_and_a_place_of_its_own() {
    let mut taken = std::collections::BTreeSet::new();
    let mut ids = std::collections::BTreeSet::new();
    for panel in panels() {
        let title = panel["title"].as_str().unwrap();
        assert!(ids.insert(panel["id"].as_i64().unwrap()), "{title} has another panel's id");
        assert!(panel["type"] == "row" || !panel["description"].as_str().unwrap().is_empty(), "{title} does not say what it shows");
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|key| panel["gridPos"][key].as_i64().unwrap());
        assert!(x + w <= 24, "{title} is wider than the board");
        for place in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
            assert!(taken.insert(place), "{title} covers another panel at {place:?}");
        }
    }
}

#[test]
fn each_panel_asks_the_data_source_that_is_chosen_above() {
    let board = board();
    assert_eq!(board["templating"]["list"][0]["type"], "datasource");
    for panel in panels().iter().filter(|panel| panel["type"] != "row") {
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
    }
}
