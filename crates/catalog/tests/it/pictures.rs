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
