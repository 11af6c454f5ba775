//! Letters of the built program, as an SMTP server gets them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use mail::testing::{Received, SmtpSink};
use serde_json::{Value, json};
use server::demo::client::Client;
use server::demo::seed::{self, Product};

use crate::house::{EMAIL, House, add_owner};

/// What the firm's product is called.
const NAMES: [(&str, &str); 2] = [("en", "Magnetic bricks"), ("es", "Bloques magnéticos")];

/// A house with a product and an offer of it.
struct Firm {
    house: House,
    owner: Client,
    product: String,
    offer: String,
}

impl Firm {
    async fn open(data: &std::path::Path, further: &[&str]) -> Self {
        add_owner(data);
        let house = House::open_with(data, further).await;
        let owner = house.owner().await;
        let price = json!({"min_quantity": 24, "unit_price": {"micro": 7_900_000, "currency": "USD"}});
        let new = json!({"sku": "LB-100", "names": BTreeMap::from(NAMES), "stock": 5000, "tiers": [price]});
        let product = owner.post("/api/v1/products", &new).await.unwrap();
        let text = |name: &str| product[name].as_str().unwrap().to_owned();
        let product = Product { id: text("id"), variant: text("variant") };
        owner.post(&format!("/api/v1/products/{}/publish", product.id), &json!({})).await.unwrap();
        let event = seed::event(&owner, &[]).await.unwrap();
        let offer = seed::offer(&owner, &event, std::slice::from_ref(&product)).await.unwrap();
        Self { house, owner, product: product.id, offer }
    }

    async fn order(&self) -> Value {
        let path = format!("/api/v1/offers/{}/orders", self.offer);
        let buyer = Client::new(&self.house.base).unwrap();
        buyer.post_once(&path, None, &json!({"quantity": 24, "buyer": ana("es")})).await.unwrap()["order"].clone()
    }
}

fn ana(lang: &str) -> Value {
    json!({"company": "Juguetes Sol", "name": "Ana Ruiz", "email": "ana@sol.example", "country": "ES", "lang": lang})
}

/// The mails that came, once there are as many.
async fn arrived(sink: &SmtpSink, count: usize) -> Vec<Received> {
    let until = Instant::now() + Duration::from_secs(20);
    while sink.received().len() < count {
        assert!(Instant::now() < until, "{} of {count} mails came", sink.received().len());
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    sink.received()
}

/// The subject, decoded (RFC 2047): lettre writes what is not ASCII as base64 words.
fn subject(mail: &Received) -> String {
    use base64::Engine as _;
    // White space between two coded words says nothing.
    let header = mail.header("Subject").unwrap().replace("?= =?utf-8?b?", "?==?utf-8?b?");
    let mut parts = header.split("=?utf-8?b?");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (coded, plain) = part.split_once("?=").unwrap();
        bytes.extend(base64::engine::general_purpose::STANDARD.decode(coded).unwrap());
        bytes.extend(plain.as_bytes());
    }
    String::from_utf8(bytes).unwrap()
}

/// The token behind a letter's button.
fn deal_of(mail: &Received) -> String {
    let text = mail.text().unwrap();
    let (_, rest) = text.split_once("/deal/").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer_is_written_to_in_their_language_and_the_link_opens_the_order() {
    let (dir, sink) = (tempfile::tempdir().unwrap(), SmtpSink::start().await.unwrap());
    let firm = Firm::open(dir.path(), &["--smtp-url", sink.url().expose()]).await;
    let order = firm.order().await;
    let number = order["number"].as_str().unwrap();

    let placed = arrived(&sink, 1).await.remove(0);
    assert_eq!(placed.to, ["ana@sol.example"]);
    assert_eq!(subject(&placed), format!("Hemos recibido su pedido {number}"));
    let said = placed.text().unwrap();
    assert!(said.contains(order["name"].as_str().unwrap()) && said.contains("USD 165.60"), "{said}");

    let token = deal_of(&placed);
    let page = firm.house.get(&format!("/deal/{token}?lang=es")).await;
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("<html lang=\"es\""));
    let deal = async || {
        let asked = reqwest::Client::new().get(format!("{}/api/v1/deal", firm.house.base)).bearer_auth(&token);
        asked.send().await.unwrap().json::<Value>().await.unwrap()["orders"][0].clone()
    };
    assert_eq!((&deal().await["number"], &deal().await["state"]), (&order["number"], &json!("placed")));

    let confirm = format!("/api/v1/orders/{}/confirm", order["id"].as_str().unwrap());
    firm.owner.post(&confirm, &json!({})).await.unwrap();
    let confirmed = arrived(&sink, 2).await.remove(1);
    assert_eq!(subject(&confirmed), format!("Su pedido {number} está confirmado"));
    assert_eq!(deal_of(&confirmed), token, "the same page");
    assert_eq!(deal().await["state"], "confirmed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inquiry_is_acknowledged_and_the_sellers_are_told() {
    let (dir, sink) = (tempfile::tempdir().unwrap(), SmtpSink::start().await.unwrap());
    let firm = Firm::open(dir.path(), &["--smtp-url", sink.url().expose()]).await;
    let new = json!({"product": firm.product, "quantity": 480, "text": "¿480 hasta Valencia?", "buyer": ana("es")});
    let buyer = Client::new(&firm.house.base).unwrap();
    buyer.post_once("/api/v1/inquiries", None, &new).await.unwrap();

    let mut mails = arrived(&sink, 2).await;
    mails.sort_by_key(|mail| mail.to[0] != EMAIL);
    let (notice, thanks) = (&mails[0], &mails[1]);
    assert_eq!((notice.to[0].as_str(), thanks.to[0].as_str()), (EMAIL, "ana@sol.example"));
    assert!(subject(thanks).ends_with(" ha recibido su consulta"), "{}", subject(thanks));
    let said = thanks.text().unwrap();
    assert!(said.contains("Bloques magnéticos") && said.contains("480"), "{said}");
    assert!(!said.contains("Valencia") && !said.contains("Ana"), "a stranger's words go to nobody's mailbox: {said}");
    assert_eq!(subject(notice), "New inquiry from Juguetes Sol");
    let said = notice.text().unwrap();
    for part in ["Magnetic bricks", "480", "ana@sol.example", "hasta Valencia", "/console/deals/inquiries"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_outlives_the_program_until_there_is_a_server_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let firm = Firm::open(dir.path(), &[]).await;
    let order = firm.order().await;
    firm.house.kill();
    let sink = SmtpSink::start().await.unwrap();
    let again = House::open_with(dir.path(), &["--smtp-url", sink.url().expose()]).await;
    let letter = arrived(&sink, 1).await.remove(0);
    assert!(subject(&letter).ends_with(order["number"].as_str().unwrap()), "{}", subject(&letter));
    drop(again);
}
