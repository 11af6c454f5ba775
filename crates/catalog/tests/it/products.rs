use kernel::id::OrgId;
use kernel::{Actor, Locale};
use serde_json::{Value, json};

use crate::{bricks, crew_of, each_house, json as request};

#[tokio::test]
async fn buyers_see_published_products_in_their_language() {
    each_house(|house| async move {
        let product = house.bricks("LB-100").await;
        house.crew("POST", "/api/v1/products", bricks("LB-200")).await;
        let (status, listed) = house.public("/api/v1/catalogue?lang=zh-CN").await;
        assert_eq!((status, listed["items"].as_array().unwrap().len()), (200, 1));
        let card = &listed["items"][0];
        assert_eq!(
            (&card["name"], &card["lang"], &card["text"]),
            (&json!("积木"), &json!("zh-CN"), &json!("100 pieces"))
        );
        assert_eq!(
            (&card["available"], &card["moq"], &card["tiers"][1]["unit_price"]["micro"]),
            (&json!(100), &json!(24), &json!(9_800_000))
        );
        let path = format!("/api/v1/catalogue/{}?lang=ja", product["id"].as_str().unwrap());
        let (_, card) = house.public(&path).await;
        assert_eq!((&card["name"], &card["lang"]), (&json!("Building bricks"), &json!("en")));
    })
    .await;
}

#[tokio::test]
async fn the_catalogue_is_searched_without_case_and_marks_and_read_in_pages() {
    each_house(|house| async move {
        for sku in ["A-1", "A-2", "B-3"] {
            house.bricks(sku).await;
        }
        let (_, found) = house.public("/api/v1/catalogue?q=BLOQUÉS").await;
        assert_eq!(found["items"].as_array().unwrap().len(), 3);
        for sign in ["%25", "_", "%5C", "a%25"] {
            let (_, found) = house.public(&format!("/api/v1/catalogue?q={sign}")).await;
            assert_eq!(found["items"], json!([]), "{sign} means itself");
        }
        let (status, found) = house.public("/api/v1/catalogue?q=%00a-").await;
        assert_eq!((status, found["items"].as_array().unwrap().len()), (200, 2));
        let (_, found) = house.public("/api/v1/catalogue?q=a-").await;
        assert_eq!(found["items"].as_array().unwrap().len(), 2);
        let (_, first) = house.public("/api/v1/catalogue?limit=2").await;
        let (_, second) =
            house.public(&format!("/api/v1/catalogue?limit=2&after={}", first["next"].as_str().unwrap())).await;
        assert_eq!((&second["items"][0]["sku"], &second["next"]), (&json!("B-3"), &Value::Null));
        assert_eq!(house.public("/api/v1/catalogue?after=x").await.0, 400);
    })
    .await;
}

#[tokio::test]
async fn cards_are_read_by_id_in_the_order_asked_for() {
    each_house(|house| async move {
        let mut ids = Vec::new();
        for sku in ["A-1", "B-2", "C-3"] {
            ids.push(house.bricks(sku).await["id"].as_str().unwrap().to_owned());
        }
        let (_, draft) = house.crew("POST", "/api/v1/products", bricks("D-4")).await;
        let asked = format!("{},{},{}", ids[2], draft["id"].as_str().unwrap(), ids[0]);
        let (_, found) = house.public(&format!("/api/v1/catalogue?lang=zh-CN&ids={asked}")).await;
        let skus: Vec<&Value> = found["items"].as_array().unwrap().iter().map(|card| &card["sku"]).collect();
        assert_eq!(skus, ["C-3", "A-1"]);
        assert_eq!(found["items"][0]["name"], "积木");
        assert_eq!(house.public("/api/v1/catalogue?ids=").await.1["items"], json!([]));
        assert_eq!(house.public("/api/v1/catalogue?ids=x").await.0, 400);
        let many = vec![ids[0].as_str(); 201].join(",");
        assert_eq!(house.public(&format!("/api/v1/catalogue?ids={many}")).await.0, 400);
    })
    .await;
}

#[tokio::test]
async fn a_product_without_name_or_price_is_not_published_and_moves_only_as_listed() {
    each_house(|house| async move {
        let (_, product) = house.crew("POST", "/api/v1/products", json!({"sku": "X"})).await;
        let path = |action: &str| format!("/api/v1/products/{}/{action}", product["id"].as_str().unwrap());
        let (status, refused) = house.crew("POST", &path("publish"), Value::Null).await;
        assert_eq!((status, &refused["missing"]), (409, &json!(["name", "price"])));
        let (status, refused) = house.crew("POST", &path("pause"), Value::Null).await;
        assert_eq!((status, &refused["type"], &refused["state"]), (409, &json!("/problems/illegal-transition"), &json!("draft")));
        let (status, _) = house.crew("PUT", &path("translations/ja"), json!({"name": "つみき"})).await;
        assert_eq!(status, 200);
        let prices = json!({"moq": 1, "multiple": 1, "tiers": [{"currency": "JPY", "min_quantity": 1, "unit_price": {"micro": 1_200_000_000, "currency": "JPY"}}]});
        let variant = product["variant"].as_str().unwrap();
        assert_eq!(house.crew("PUT", &format!("/api/v1/variants/{variant}/prices"), prices).await.0, 200);
        assert_eq!(house.crew("POST", &path("publish"), Value::Null).await.1["state"], "published");
        let none = json!({"moq": 1, "multiple": 1, "tiers": []});
        let (status, refused) = house.crew("PUT", &format!("/api/v1/variants/{variant}/prices"), none).await;
        assert_eq!((status, &refused["missing"]), (409, &json!(["price"])));
        assert_eq!(house.crew("POST", &path("retire"), Value::Null).await.0, 200);
        assert_eq!(house.crew("POST", &path("publish"), Value::Null).await.0, 409);
    })
    .await;
}

#[tokio::test]
async fn a_change_against_an_older_version_is_refused() {
    each_house(|house| async move {
        let product = house.bricks("LB-100").await;
        let path = format!("/api/v1/products/{}", product["id"].as_str().unwrap());
        let (status, changed) = house.crew("PATCH", &path, json!({"version": product["version"], "unit": "box"})).await;
        assert_eq!((status, &changed["unit"], &changed["sku"]), (200, &json!("box"), &json!("LB-100")));
        let (status, refused) = house.crew("PATCH", &path, json!({"version": product["version"], "unit": "bag"})).await;
        assert_eq!((status, &refused["version"]), (409, &changed["version"]));
    })
    .await;
}

#[tokio::test]
async fn a_sku_is_taken_once_per_organisation() {
    each_house(|house| async move {
        house.bricks("LB-100").await;
        let other = house.crew("POST", "/api/v1/products", bricks("LB-200")).await.1;
        let (status, refused) = house.crew("POST", "/api/v1/products", bricks("LB-100")).await;
        assert_eq!((status, &refused["type"]), (409, &json!("/problems/sku-taken")));
        let path = format!("/api/v1/products/{}", other["id"].as_str().unwrap());
        assert_eq!(house.crew("PATCH", &path, json!({"sku": "LB-100"})).await.0, 409);
        let neighbour = crew_of(OrgId::new());
        assert_eq!(house.call(&neighbour, request("POST", "/api/v1/products", &bricks("LB-100"))).await.0, 201);
    })
    .await;
}

#[tokio::test]
async fn others_neither_see_nor_change_a_product() {
    each_house(|house| async move {
        let product = house.bricks("LB-100").await;
        let path = format!("/api/v1/products/{}", product["id"].as_str().unwrap());
        assert_eq!(house.public(&path).await.0, 401);
        assert_eq!(house.call(&Actor::anyone(), request("PATCH", &path, &json!({"unit": "x"}))).await.0, 401);
        let neighbour = crew_of(OrgId::new());
        assert_eq!(house.call(&neighbour, request("GET", &path, &Value::Null)).await.0, 404);
        assert_eq!(house.call(&neighbour, request("PATCH", &path, &json!({"unit": "x"}))).await.0, 404);
        let variant = product["variant"].as_str().unwrap();
        assert_eq!(
            house
                .call(
                    &neighbour,
                    request("POST", &format!("/api/v1/stock/{variant}/movements"), &json!({"delta": 1, "reason": "x"}))
                )
                .await
                .0,
            404
        );
        let helper = Actor { rights: kernel::actor::Rights::NONE, ..house.crew.clone() };
        assert_eq!(house.call(&helper, request("PATCH", &path, &json!({"unit": "x"}))).await.0, 403);
    })
    .await;
}

#[tokio::test]
async fn a_price_is_resolved_with_its_next_tier_or_refused_with_what_would_do() {
    each_house(|house| async move {
        let product = house.bricks("LB-100").await;
        let price = |query: &str| {
            let path = format!("/api/v1/variants/{}/price?{query}", product["variant"].as_str().unwrap());
            let house = house.clone();
            async move { house.crew("GET", &path, Value::Null).await }
        };
        let (status, found) = price("quantity=36&currency=USD").await;
        assert_eq!(
            (status, &found["total"]["minor"], &found["next_tier"]["min_quantity"]),
            (200, &json!(37_800), &json!(120))
        );
        let (status, refused) = price("quantity=1&currency=USD").await;
        assert_eq!((status, &refused["type"], &refused["moq"]), (422, &json!("/problems/below-moq"), &json!(24)));
        assert_eq!(price("quantity=25&currency=USD").await.1["nearest"], 24);
        assert_eq!(price("quantity=24&currency=EUR").await.1["type"], "/problems/unknown-currency");
        assert_eq!(price("quantity=24&currency=$").await.0, 422);
        assert_eq!(price("quantity=many&currency=USD").await.0, 400);
    })
    .await;
}

#[tokio::test]
async fn malformed_products_are_refused_by_field() {
    each_house(|house| async move {
        for (body, field) in [
            (json!({"sku": ""}), "sku"),
            (json!({"sku": "A", "origin": "China"}), "origin"),
            (json!({"sku": "A", "names": {"en": "x".repeat(201)}}), "names"),
            (json!({"sku": "A", "lead_time_days": -1}), "lead_time_days"),
        ] {
            let (status, refused) = house.crew("POST", "/api/v1/products", body).await;
            assert_eq!((status, &refused["field"]), (422, &json!(field)));
        }
        let wrong = json!({"sku": "A", "names": {"not a tag": "x"}});
        assert_eq!(house.crew("POST", "/api/v1/products", wrong).await.0, 422);
        let zero = json!({"sku": "A", "moq": 0});
        assert_eq!(house.crew("POST", "/api/v1/products", zero).await.1["type"], "/problems/bad-prices");
    })
    .await;
}

#[tokio::test]
async fn an_order_learns_what_it_needs_of_a_variant() {
    kernel::testing::each_database(&crate::migrations(), |db| async move {
        let house = crate::House::on(db.clone());
        let product = house.bricks("LB-100").await;
        let variant = product["variant"].as_str().unwrap().parse().unwrap();
        let found = catalog::variant_for_order(db.read(), variant).await.unwrap().unwrap();
        assert_eq!((found.moq.0, found.multiple.0, found.published), (24, 12, true));
        assert_eq!(found.names.pick(&Locale::english()), "Building bricks");
        assert_eq!(Some(found.org), house.crew.org);
        assert!(catalog::variant_for_order(db.read(), kernel::id::VariantId::new()).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn what_is_absent_stays_and_what_is_null_goes() {
    each_house(|house| async move {
        let product = house.bricks("LB-100").await;
        let path = format!("/api/v1/products/{}", product["id"].as_str().unwrap());
        let (_, kept) = house.crew("PATCH", &path, json!({"unit": "box"})).await;
        assert_eq!(kept["carton"], product["carton"]);
        let (_, gone) = house.crew("PATCH", &path, json!({"carton": null})).await;
        assert_eq!((&gone["carton"], &gone["unit"]), (&Value::Null, &json!("box")));
        let (_, drafts) = house.crew("GET", "/api/v1/products?state=draft", Value::Null).await;
        assert_eq!(drafts["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_product_under_a_key_is_made_once() {
    each_house(|house| async move {
        let under = |key: &'static str, body: Value| {
            let mut request = request("POST", "/api/v1/products", &body);
            request.headers_mut().insert("Idempotency-Key", key.parse().unwrap());
            let house = house.clone();
            async move { house.call(&house.crew, request).await }
        };
        let answers = futures_util::future::join_all((0..6).map(|_| under("a", bricks("LB-100")))).await;
        let (_, first) = &answers[0];
        for (status, product) in &answers {
            assert_eq!((*status, &product["id"]), (201, &first["id"]), "{product}");
        }
        let stock = format!("/api/v1/stock/{}", first["variant"].as_str().unwrap());
        assert_eq!(house.crew("GET", &stock, Value::Null).await.1["on_hand"], 100);
        let (status, refused) = under("a", bricks("LB-200")).await;
        assert_eq!((status, &refused["type"]), (422, &json!("/problems/idempotency-key-reused")));
        assert_eq!(under("b", bricks("LB-100")).await.1["type"], "/problems/sku-taken");
        assert_eq!(under("b", bricks("LB-300")).await.0, 201, "a refusal does not use up its key");
    })
    .await;
}
