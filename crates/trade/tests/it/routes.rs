use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use kernel::actor::Rights;
use kernel::{Actor, Right};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use utoipa_axum::router::OpenApiRouter;

use crate::world::{World, each_world};

struct Answer {
    status: StatusCode,
    kind: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

async fn send(world: &World, crew: bool, method: &str, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
    let rights = [Right::SeeTrade, Right::ManageTrade];
    let actor = crew.then(|| with_rights(Some(world.org), &rights));
    send_as(world, actor, method, path, headers, body).await
}

fn with_rights(org: Option<kernel::id::OrgId>, rights: &[Right]) -> Actor {
    Actor { org, rights: Rights::of(rights), name: "Li Wei".into(), ..Actor::anyone() }
}

async fn send_as(
    world: &World,
    actor: Option<Actor>,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Value,
) -> Answer {
    let (router, _) = OpenApiRouter::new().merge(trade::routes(world.trade.clone())).split_for_parts();
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let mut request = request.body(body).unwrap();
    if let Some(actor) = actor {
        request.extensions_mut().insert(actor);
    }
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let kind = response.headers().get("content-type").map_or("", |v| v.to_str().unwrap()).to_owned();
    Answer { status, kind, body: response.into_body().collect().await.unwrap().to_bytes().to_vec() }
}

fn order_of(quantity: i64, company: &str) -> Value {
    json!({"quantity": quantity, "buyer": {"company": company, "name": "Ana Ruiz", "email": "ana@sol.example",
        "country": "ES", "lang": "es"}})
}

#[tokio::test]
async fn a_buyer_orders_follows_and_cancels_without_a_password() {
    each_world(100, async |world| {
        let offer = world.offer(10).await;
        let path = format!("/api/v1/offers/{}/orders", offer.id);
        let key = [("idempotency-key", "0190")];
        let refused = send(&world, false, "POST", &path, &[], order_of(2, "Sol")).await;
        assert_eq!((refused.status.as_u16(), refused.kind.as_str()), (400, "application/problem+json"));
        assert_eq!(refused.json()["type"], "/problems/idempotency-key-missing");
        let placed = send(&world, false, "POST", &path, &key, order_of(2, "Sol")).await;
        assert_eq!(placed.status, StatusCode::CREATED);
        let (placed, again) = (placed.json(), send(&world, false, "POST", &path, &key, order_of(2, "Sol")).await);
        assert_eq!(again.json(), placed);
        let order = &placed["order"];
        assert_eq!(order["total"], json!({"minor": 1960, "currency": "USD"}));
        assert_eq!(order["state"], "placed");
        assert_eq!(order["buyer"]["company"], "Sol");
        assert!(order["number"].as_str().unwrap().starts_with("LF-"));
        let too_many = send(&world, false, "POST", &path, &[("idempotency-key", "0191")], order_of(9, "Sol")).await;
        assert_eq!((too_many.status.as_u16(), too_many.json()["available"].clone()), (409, json!(8)));
        let bearer = format!("Bearer {}", placed["deal"].as_str().unwrap().strip_prefix("/deal/").unwrap());
        let auth = [("authorization", bearer.as_str())];
        let deal = send(&world, false, "GET", "/api/v1/deal", &auth, Value::Null).await.json();
        assert_eq!(deal["orders"][0]["id"], order["id"]);
        let cancel = format!("/api/v1/deal/orders/{}/cancel", order["id"].as_str().unwrap());
        let stranger = send(&world, false, "POST", &cancel, &[("authorization", "Bearer no")], Value::Null).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
        let cancelled = send(&world, false, "POST", &cancel, &auth, Value::Null).await;
        assert_eq!(cancelled.json()["state"], "cancelled");
        assert_eq!(world.look(&offer).await.left.0, 10);
    })
    .await;
}

#[tokio::test]
async fn the_firm_makes_an_offer_and_works_through_its_orders() {
    each_world(100, async |world| {
        let at = |hours: u64| (kernel::Clock::now(&*world.clock) + std::time::Duration::from_hours(hours)).to_string();
        let new = json!({"event": world.event, "variant": world.variant, "total": 50, "min_quantity": 1,
            "unit_price": {"micro": 9_800_000, "currency": "USD"}, "starts_at": at(0), "ends_at": at(2)});
        let visitor = send(&world, false, "POST", "/api/v1/offers", &[], new.clone()).await;
        assert_eq!(visitor.status, StatusCode::UNAUTHORIZED);
        let offer = send(&world, true, "POST", "/api/v1/offers", &[], new).await.json();
        let (event, id) = (world.event, offer["id"].as_str().unwrap().to_owned());
        let offers = async |crew| {
            let found = send(&world, crew, "GET", &format!("/api/v1/offers?event={event}"), &[], Value::Null).await;
            found.json()["items"].as_array().unwrap().clone()
        };
        assert_eq!((offers(false).await.len(), offers(true).await.len()), (0, 1), "a draft is the firm's alone");
        let path = format!("/api/v1/offers/{id}/transitions");
        let active = send(&world, true, "POST", &path, &[], json!({"to": "active"})).await;
        assert_eq!(active.json()["state"], "active");
        assert_eq!(offers(false).await.len(), 1);
        for (n, company) in ["Sol", "=HYPERLINK(1)", "Mar"].iter().enumerate() {
            let (path, key) = (format!("/api/v1/offers/{id}/orders"), n.to_string());
            let placed = send(&world, false, "POST", &path, &[("idempotency-key", &key)], order_of(1, company)).await;
            assert_eq!(placed.status, StatusCode::CREATED);
        }
        let page = send(&world, true, "GET", "/api/v1/orders?state=placed&limit=2", &[], Value::Null).await.json();
        assert_eq!(page["items"].as_array().unwrap().len(), 2);
        let rest = format!("/api/v1/orders?state=placed&limit=2&after={}", page["next"].as_str().unwrap());
        let rest = send(&world, true, "GET", &rest, &[], Value::Null).await.json();
        assert_eq!((rest["items"].as_array().unwrap().len(), rest.get("next")), (1, None));
        let first = rest["items"][0]["id"].as_str().unwrap().to_owned();
        let order = async |verb: &str| {
            send(&world, true, "POST", &format!("/api/v1/orders/{first}/{verb}"), &[], Value::Null).await
        };
        assert_eq!(order("confirm").await.json()["state"], "confirmed");
        assert_eq!(order("confirm").await.json()["type"], "/problems/illegal-transition");
        assert_eq!(order("cancel").await.json()["state"], "cancelled");
        let read_in = async |lang: &str| {
            let path = format!("/api/v1/orders?lang={lang}");
            let listed = send(&world, true, "GET", &path, &[], Value::Null).await.json();
            listed["items"][0]["name"].as_str().unwrap().to_owned()
        };
        assert_eq!(read_in("en").await, "Magnetic bricks", "the desk reads in its own language");
        assert_eq!(read_in("es").await, "Bloques magnéticos");
        let sheet = send(&world, true, "GET", "/api/v1/orders/export.csv", &[], Value::Null).await;
        assert_eq!(sheet.kind, "text/csv; charset=utf-8");
        assert_eq!(sheet.body[..3], [0xEF, 0xBB, 0xBF]);
        let text = String::from_utf8(sheet.body).unwrap();
        assert_eq!(text.lines().count(), 4);
        assert!(text.contains("'=HYPERLINK(1)") && text.contains("Magnetic bricks,1,9.80,9.80,USD"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn schema_names_say_their_domain_and_every_path_is_described() {
    each_world(1, async |world| {
        let (_, api) = OpenApiRouter::<()>::new().merge(trade::routes(world.trade.clone())).split_for_parts();
        assert_eq!(api.paths.paths.len(), 14);
        let json = serde_json::to_value(&api).unwrap();
        for name in ["OfferView", "OrderView", "InquiryView", "DealView", "OrderPlaced", "TradeBuyer", "TradeNewBuyer"]
        {
            assert!(json["components"]["schemas"].get(name).is_some(), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_reservation_that_passes_is_seen_expired_and_frees_the_pieces() {
    each_world(100, async |world| {
        let mut new = world.new_offer(10);
        new.ends_at = new.starts_at + std::time::Duration::from_hours(72);
        let offer = world.activate(new).await;
        let path = format!("/api/v1/offers/{}/orders", offer.id);
        let order = async |key: &str| {
            send(&world, false, "POST", &path, &[("idempotency-key", key)], order_of(10, "Sol")).await
        };
        let placed = order("a").await.json();
        let left = json!({"available": 0, "status": 409, "type": "/problems/out-of-stock", "title": "Out of stock"});
        assert_eq!(order("b").await.json(), left);
        world.clock.advance(std::time::Duration::from_hours(48));
        let bearer = format!("Bearer {}", placed["deal"].as_str().unwrap().strip_prefix("/deal/").unwrap());
        let auth = [("authorization", bearer.as_str())];
        let deal = send(&world, false, "GET", "/api/v1/deal", &auth, Value::Null).await.json();
        assert_eq!(deal["orders"][0]["state"], "expired", "swept or not");
        let cancel = format!("/api/v1/deal/orders/{}/cancel", placed["order"]["id"].as_str().unwrap());
        let late = send(&world, false, "POST", &cancel, &auth, Value::Null).await;
        assert_eq!((late.status.as_u16(), late.json()["type"].clone()), (409, json!("/problems/hold-expired")));
        world.trade.orders.expire_due(world.trade.orders.now()).await.unwrap();
        assert_eq!(order("c").await.status, StatusCode::CREATED);
    })
    .await;
}

#[tokio::test]
async fn offers_are_listed_by_pages_and_changed_before_they_start() {
    each_world(100, async |world| {
        for total in 1..=5 {
            world.draft(&world.new_offer(total)).await.unwrap();
        }
        let (mut totals, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/offers?event={}&limit=2{after}", world.event);
            let page = send(&world, true, "GET", &path, &[], Value::Null).await.json();
            totals.extend(page["items"].as_array().unwrap().iter().map(|offer| offer["total"].as_i64().unwrap()));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(totals, [5, 4, 3, 2, 1], "newest first, each once");
        let path = format!("/api/v1/offers?event={}", world.event);
        let first = send(&world, true, "GET", &path, &[], Value::Null).await.json()["items"][0].clone();
        let path = format!("/api/v1/offers/{}", first["id"].as_str().unwrap());
        let change = json!({"version": 1, "per_company": 3, "unit_price": {"micro": 1_000_000, "currency": "EUR"}});
        let visitor = send(&world, false, "PATCH", &path, &[], change.clone()).await;
        assert_eq!(visitor.status, StatusCode::UNAUTHORIZED);
        let changed = send(&world, true, "PATCH", &path, &[], change).await.json();
        assert_eq!((&changed["per_company"], &changed["unit_price"]["currency"]), (&json!(3), &json!("EUR")));
        let without = send(&world, true, "PATCH", &path, &[], json!({"per_company": null})).await.json();
        assert_eq!((&without["per_company"], &without["total"]), (&Value::Null, &json!(5)));
        let wrong = send(&world, true, "PATCH", &path, &[], json!({"ends": 1})).await;
        assert_eq!(wrong.status.as_u16(), 422);
    })
    .await;
}

#[tokio::test]
async fn one_mailbox_is_written_to_so_often_and_no_more() {
    each_world(1000, async |world| {
        let offer = world.offer(1000).await;
        let path = format!("/api/v1/offers/{}/orders", offer.id);
        let order = async |email: &str, key: usize| {
            let buyer = json!({"company": "Sol", "name": "Ana", "email": email, "country": "ES", "lang": "es"});
            let key = key.to_string();
            let headers = [("idempotency-key", key.as_str())];
            send(&world, false, "POST", &path, &headers, json!({"quantity": 1, "buyer": buyer})).await
        };
        for key in 0..30 {
            assert_eq!(order("ana@sol.example", key).await.status, StatusCode::CREATED);
        }
        let refused = order(" Ana@SOL.example", 30).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.json()["type"], "/problems/too-many-tries");
        assert_eq!(order("luz@sol.example", 31).await.status, StatusCode::CREATED, "others go on");
    })
    .await;
}

#[tokio::test]
async fn an_offer_is_made_and_opened_at_once_and_once() {
    each_world(100, async |world| {
        let at = |hours: u64| (kernel::Clock::now(&*world.clock) + std::time::Duration::from_hours(hours)).to_string();
        let new = |total: i64| {
            json!({"event": world.event, "variant": world.variant, "total": total, "min_quantity": 1,
                "unit_price": {"micro": 9_800_000, "currency": "USD"}, "starts_at": at(0), "ends_at": at(2),
                "activate": true})
        };
        let under = async |key: &str, total: i64| {
            send(&world, true, "POST", "/api/v1/offers", &[("idempotency-key", key)], new(total)).await
        };
        assert_eq!(under("a", 101).await.json()["type"], "/problems/out-of-stock");
        let listed = format!("/api/v1/offers?event={}", world.event);
        let offers = send(&world, true, "GET", &listed, &[], Value::Null).await.json();
        assert_eq!(offers["items"], json!([]), "no draft stays behind");
        let made = under("a", 60).await;
        assert_eq!((made.status, &made.json()["state"]), (StatusCode::CREATED, &json!("active")));
        assert_eq!(under("a", 60).await.json(), made.json());
        assert_eq!(world.stock().await, (100, 0, 60), "held once");
        assert_eq!(under("a", 50).await.json()["type"], "/problems/idempotency-key-reused");
        assert_eq!(under("b", 20).await.json()["type"], "/problems/offer-already-active");
    })
    .await;
}

#[tokio::test]
async fn what_orders_come_to_is_summed_by_currency() {
    each_world(1000, async |world| {
        let mut orders = Vec::new();
        for currency in ["USD", "EUR"] {
            let mut new = world.new_offer(50);
            new.unit_price.currency = currency.parse().unwrap();
            let offer = world.activate(new).await;
            for buyer in 0..3 {
                orders.push(world.order(&offer, buyer, 5, &format!("{currency}{buyer}")).await.unwrap());
            }
            world.move_offer(&offer, trade::offer::OfferState::Ended).await.unwrap();
        }
        world.trade.orders.confirm(world.org, orders[0].id, "Li Wei").await.unwrap();
        world.trade.orders.cancel(orders[1].id, trade::Mover::Buyer, "").await.unwrap();
        let sums = async |path: &str| send(&world, true, "GET", path, &[], Value::Null).await.json()["sums"].clone();
        let sum = |orders: i64, minor: i64, currency: &str| {
            json!({"orders": orders, "pieces": orders * 5, "total": {"minor": minor, "currency": currency}})
        };
        let of_event = format!("/api/v1/orders/sum?event={}", world.event);
        assert_eq!(sums(&of_event).await, json!([sum(3, 14_700, "EUR"), sum(2, 9_800, "USD")]));
        assert_eq!(sums("/api/v1/orders/sum").await, sums(&of_event).await);
        let elsewhere = format!("/api/v1/orders/sum?event={}", kernel::id::EventId::new());
        assert_eq!(sums(&elsewhere).await, json!([]));
        world.clock.advance(std::time::Duration::from_hours(49));
        assert_eq!(sums(&of_event).await, json!([sum(1, 4_900, "USD")]), "a lapsed one counts for nothing");
        let visitor = send(&world, false, "GET", &of_event, &[], Value::Null).await;
        assert_eq!(visitor.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn an_order_is_its_firms_and_its_buyers_alone() {
    each_world(100, async |world| {
        let offer = world.offer(50).await;
        let (mine, other) =
            (world.order(&offer, 1, 1, "a").await.unwrap(), world.order(&offer, 2, 1, "b").await.unwrap());
        let neighbour = with_rights(Some(kernel::id::OrgId::new()), &[Right::SeeTrade, Right::ManageTrade]);
        for step in ["", "/confirm", "/cancel"] {
            let (method, path) =
                (if step.is_empty() { "GET" } else { "POST" }, format!("/api/v1/orders/{}{step}", mine.id));
            let refused = send_as(&world, Some(neighbour.clone()), method, &path, &[], Value::Null).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["type"]), (404, &json!("/problems/no-such-order")));
        }
        let deals = &world.trade.deals;
        for token in [deals.order_token(other.id), deals.token(other.contact)] {
            let bearer = format!("Bearer {}", token.expose());
            let path = format!("/api/v1/deal/orders/{}/cancel", mine.id);
            let refused = send(&world, false, "POST", &path, &[("authorization", &bearer)], Value::Null).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["type"]), (404, &json!("/problems/no-such-order")));
        }
        let kept = world.trade.orders.of_firm(world.org, mine.id).await.unwrap();
        assert_eq!(kept.state, trade::order::OrderState::Placed);
    })
    .await;
}

#[tokio::test]
async fn each_route_of_the_firm_asks_for_its_right() {
    each_world(100, async |world| {
        let id = kernel::id::OrderId::new();
        let to = json!({"to": "ended"});
        let reads =
            ["orders", "orders/sum", "orders/export.csv", "inquiries", &format!("orders/{id}")].map(str::to_owned);
        let reads = reads.map(|path| ("GET", path, Value::Null, vec![Right::SeeTrade]));
        let offer = json!({"event": world.event, "variant": world.variant, "total": 1, "min_quantity": 1,
            "unit_price": {"micro": 1, "currency": "USD"}, "starts_at": "2026-01-01T00:00:00Z",
            "ends_at": "2026-01-02T00:00:00Z"});
        let manages = vec![Right::ManageTrade];
        let writes = [
            ("POST", "offers".to_owned(), offer, manages.clone()),
            ("PATCH", format!("offers/{id}"), json!({}), manages.clone()),
            ("POST", format!("offers/{id}/transitions"), to.clone(), vec![Right::ManageTrade, Right::RunShow]),
            ("POST", format!("orders/{id}/confirm"), Value::Null, manages.clone()),
            ("POST", format!("orders/{id}/cancel"), Value::Null, manages.clone()),
            ("POST", format!("inquiries/{id}/transitions"), json!({"to": "qualified"}), manages),
        ];
        for (method, path, body, enough) in reads.into_iter().chain(writes) {
            let path = format!("/api/v1/{path}");
            let as_one_with = async |rights: &[Right]| {
                let actor = with_rights(Some(world.org), rights);
                send_as(&world, Some(actor), method, &path, &[], body.clone()).await.status.as_u16()
            };
            for right in enough {
                assert!(![401, 403].contains(&as_one_with(&[right]).await), "{method} {path} with {right:?}");
            }
            let others = [Right::ManageCatalog, Right::ManageStock];
            assert!([401, 403].contains(&as_one_with(&others).await), "{method} {path}");
        }
    })
    .await;
}
