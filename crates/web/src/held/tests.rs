use std::net::IpAddr;

use axum::response::IntoResponse as _;
use http_body_util::BodyExt as _;

use super::*;

fn whence(n: u8) -> Whence {
    Whence::of(IpAddr::from([192, 0, 2, n]))
}

#[tokio::test]
async fn a_place_is_held_until_the_response_is_taken_or_dropped() {
    let responses = Responses::new();
    let held = async |n| until_sent("a page".into_response(), responses.place(whence(n)).await.unwrap());
    let mut waiting = Vec::new();
    for _ in 0..OF_ONE {
        waiting.push(held(1).await);
    }
    assert!(responses.place(whence(1)).await.is_err(), "its share is used up");
    let other = held(2).await;
    assert_eq!(other.body().size_hint().exact(), Some(6));
    waiting.pop();
    let again = responses.place(whence(1)).await;
    assert!(again.is_ok());
    let taken = waiting.pop().unwrap().into_body().collect().await.unwrap();
    assert_eq!(taken.to_bytes(), "a page");
    assert!(responses.place(whence(1)).await.is_ok());
}
