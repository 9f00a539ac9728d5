use super::*;
use crate::sample::NOW;
use crate::sample::mesh::{many, mesh, unheard};

fn matrix(case: &str) -> Matrix {
    Matrix::of(&mesh(case, NOW), Asked::default(), NOW).unwrap()
}

/// One digit for each cell: the sum of the sides that are outlined, 1 above, 2 below, 4 left, 8 right.
fn outlines(matrix: &Matrix) -> Vec<String> {
    let mark = |cell: &Shown| {
        let of = |(side, value): (&str, u32)| if cell.class.split(' ').any(|class| class == side) { value } else { 0 };
        let sum: u32 = [("ot", 1), ("ob", 2), ("ol", 4), ("or", 8)].map(of).iter().sum();
        if sum == 0 { '.' } else { char::from_digit(sum, 16).unwrap() }
    };
    matrix.blocks.iter().flat_map(|block| &block.rows).map(|row| row.cells.iter().map(mark).collect()).collect()
}

#[test]
fn nodes_stand_by_zone_and_the_own_row_leads_on() {
    let matrix = matrix("well");
    let spans: Vec<_> = matrix.spans.iter().map(|span| (span.label.as_str(), span.count)).collect();
    assert_eq!(spans, [("pod-a/rack-1", 3), ("pod-a/rack-2", 2), ("pod-b/rack-3", 2)]);
    let rows: Vec<&Row> = matrix.blocks.iter().flat_map(|block| &block.rows).collect();
    assert_eq!(rows.len(), 7);
    assert!(rows.iter().all(|row| row.cells.len() == 7));
    let linked: Vec<usize> = rows.iter().map(|row| row.cells.iter().filter(|cell| cell.href.is_some()).count()).collect();
    assert_eq!(linked, [6, 0, 0, 0, 0, 0, 0]);
    assert_eq!(rows[0].cells[1].href.as_deref(), Some("/links/fra-2"));
    assert!(rows[0].cells[1].class.starts_with("h0") && rows[0].cells[1].title.starts_with("fra-1 to fra-2: up, 0.0"));
    assert_eq!((rows[4].cells[4].figure.as_deref(), rows[4].cells[4].class.as_str()), (Some("2"), "itself stalls"));
}

#[test]
fn each_pattern_is_outlined_where_it_is() {
    assert_eq!(outlines(&matrix("well")), ["......."; 7]);
    assert_eq!(outlines(&matrix("one_way")), [".......", "....f..", ".......", ".......", ".f.....", ".......", "......."]);
    let node = ["...d...", "...c...", "...c...", "733.33b", "...c...", "...c...", "...e..."];
    assert_eq!(outlines(&matrix("node_down")), node, "its row crosses its column");
    let racks = [".....59", ".....48", ".....6a", ".......", ".......", "519....", "62a...."];
    assert_eq!(outlines(&matrix("rack_to_rack")), racks);
}

#[test]
fn a_row_that_was_not_heard_for_long_says_so() {
    let old: Vec<bool> = matrix("stale").blocks.iter().flat_map(|block| &block.rows).map(|row| row.head.stale.is_some()).collect();
    assert_eq!(old, [false, false, false, false, false, true, true]);
    let silent = Matrix::of(&unheard(NOW), Asked::default(), NOW).unwrap();
    assert!(!silent.has_old() && silent.columns.iter().all(|head| head.never));
}

#[test]
fn many_nodes_are_zones_that_open() {
    let links = many(96, "rack_down", NOW);
    let whole = Matrix::of(&links, Asked::default(), NOW).unwrap();
    assert!(whole.zoned && whole.columns.len() == 12 && whole.blocks.len() == 1);
    let row = &whole.blocks[0].rows[0];
    assert!(row.head.is_own);
    assert_eq!(row.cells[1].href.as_deref(), Some("/links?from=pod-1%2Frack-01&to=pod-1%2Frack-02"));
    assert!(row.cells[11].title.contains(" links troubled, at worst down"), "{}", row.cells[11].title);
    let asked = Asked { from: Some("pod-1/rack-01"), to: Some("pod-3/rack-12") };
    let part = Matrix::of(&links, asked, NOW).unwrap();
    assert!(!part.zoned && part.columns.len() == 8 && part.blocks[0].rows.len() == 8);
    assert!(part.has(&["down"]) && !part.has(&["h0"]));
    assert_eq!(Matrix::of(&links, Asked { from: Some("pod-9"), to: None }, NOW), None);
}
