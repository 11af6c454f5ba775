use std::io::Cursor;

use kernel::Actor;
use serde_json::{Value, json};

use crate::{each_house, json as request, upload};

fn png() -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(400, 300, image::Rgb([200, 40, 40]))
        .write_to(&mut out, image::ImageFormat::Png)
        .unwrap();
    out.into_inner()
}

#[tokio::test]
async fn a_picture_is_served_resized_under_an_address_that_never_changes() {
    each_house(|house| async move {
        let product = house.bricks("A").await;
        let path = format!("/api/v1/products/{}/pictures", product["id"].as_str().unwrap());
        let (status, changed) = house.call(&house.crew, upload(&path, &png())).await;
        assert_eq!((status, changed["pictures"].as_array().unwrap().len()), (201, 1));
        let (_, cards) = house.public("/api/v1/catalogue").await;
        let small = cards["items"][0]["picture"].as_str().unwrap();
        let (status, headers, body) = house.raw(&Actor::anyone(), request("GET", small, &Value::Null)).await;
        assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, "image/jpeg"));
        assert!(headers["cache-control"].to_str().unwrap().contains("immutable"));
        assert_eq!(image::load_from_memory(&body).unwrap().width(), 320);
        let other = small.replace("320", "64");
        assert_eq!(house.public(&other).await.0, 404);
        assert_eq!(house.public(&small.replace("320.jpg", "..%2F320.jpg")).await.0, 404);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    each_house(|house| async move {
        let product = house.bricks("A").await;
        let path = format!("/api/v1/products/{}/pictures", product["id"].as_str().unwrap());
        let (status, refused) = house.call(&house.crew, upload(&path, b"<svg/>")).await;
        assert_eq!((status, &refused["type"]), (415, &json!("/problems/picture-format-unknown")));
        let huge = vec![0; 9 * 1024 * 1024];
        assert_eq!(house.call(&house.crew, upload(&path, &huge)).await.0, 413);
        assert_eq!(house.call(&Actor::anyone(), upload(&path, &png())).await.0, 401);
    })
    .await;
}

#[tokio::test]
async fn pictures_are_put_in_order_and_taken_away() {
    each_house(|house| async move {
        let product = house.bricks("A").await;
        let path = format!("/api/v1/products/{}", product["id"].as_str().unwrap());
        let mut shown = Value::Null;
        for _ in 0..3 {
            shown = house.call(&house.crew, upload(&format!("{path}/pictures"), &png())).await.1;
        }
        let ids: Vec<Value> = shown["picture_ids"].as_array().unwrap().clone();
        let order = async |pictures: &[&Value]| {
            house.crew("PUT", &format!("{path}/picture_order"), json!({"pictures": pictures})).await
        };
        let (status, shown) = order(&[&ids[2], &ids[0], &ids[1]]).await;
        assert_eq!((status, &shown["picture_ids"]), (200, &json!([ids[2], ids[0], ids[1]])));
        for wrong in [&[&ids[0], &ids[1]][..], &[&ids[0], &ids[0], &ids[1]], &[]] {
            let (status, refused) = order(wrong).await;
            assert_eq!((status, &refused["type"]), (422, &json!("/problems/not-an-order")));
        }
        let address = shown["pictures"][0].as_str().unwrap().to_owned();
        let gone = format!("{path}/pictures/{}", ids[2].as_str().unwrap());
        let neighbour = crate::crew_of(kernel::id::OrgId::new());
        assert_eq!(house.call(&neighbour, request("DELETE", &gone, &Value::Null)).await.0, 404);
        let (status, shown) = house.crew("DELETE", &gone, Value::Null).await;
        assert_eq!((status, &shown["picture_ids"]), (200, &json!([ids[0], ids[1]])));
        assert_eq!(house.public(&address).await.0, 404);
        assert_eq!(house.crew("DELETE", &gone, Value::Null).await.0, 404);
        let (_, shown) = house.call(&house.crew, upload(&format!("{path}/pictures"), &png())).await;
        assert_eq!(shown["picture_ids"].as_array().unwrap()[..2], ids[..2], "a new one comes last");
    })
    .await;
}
