use serde_json::{Value, json};

use crate::{House, each_house, upload};

const CSV: &str = "sku,name_en,name_zh-CN,unit,moq,multiple,currency,price_1,min_1,price_2,min_2,stock\n\
    A,Bricks,积木,set,24,12,USD,10.50,24,9.80,120,960\n\
    B,Puzzle,拼图,piece,50,50,EUR,0.0875,50,,,\n";

async fn checked(house: &House, file: &[u8]) -> Value {
    let (status, run) = house.call(&house.crew, upload("/api/v1/product-imports", file)).await;
    assert_eq!(status, 201, "{run}");
    run
}

async fn applied(house: &House, run: &Value) -> (u16, Value) {
    house.crew("POST", &format!("/api/v1/product-imports/{}/apply", run["id"].as_str().unwrap()), Value::Null).await
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_applying_twice_is_applying_once() {
    each_house(|house| async move {
        let run = checked(&house, CSV.as_bytes()).await;
        assert_eq!((&run["rows"], &run["ok"], &run["findings"]), (&json!(2), &json!(2), &json!([])));
        assert_eq!(house.crew("GET", "/api/v1/products", Value::Null).await.1["items"], json!([]));
        for _ in 0..2 {
            let (status, outcome) = applied(&house, &run).await;
            assert_eq!((status, outcome), (200, json!({"created": 2, "changed": 0, "unchanged": 0})));
        }
        let (_, listed) = house.crew("GET", "/api/v1/products", Value::Null).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        assert_eq!((&listed["items"][0]["available"], &listed["items"][1]["available"]), (&json!(960), &Value::Null));
        let again = checked(&house, CSV.as_bytes()).await;
        assert_eq!(applied(&house, &again).await.1, json!({"created": 0, "changed": 0, "unchanged": 2}));
    })
    .await;
}

#[tokio::test]
async fn an_import_changes_what_it_names_and_keeps_the_rest() {
    each_house(|house| async move {
        applied(&house, &checked(&house, CSV.as_bytes()).await).await;
        let csv = "sku,name_es,unit,currency,price_1,moq,stock\nA,Bloques,set,USD,11,24,1000\n";
        let (_, outcome) = applied(&house, &checked(&house, csv.as_bytes()).await).await;
        assert_eq!(outcome, json!({"created": 0, "changed": 1, "unchanged": 0}));
        let (_, listed) = house.crew("GET", "/api/v1/products?q=bloques", Value::Null).await;
        let product = &listed["items"][0];
        assert_eq!((&product["names"]["en"], &product["names"]["es"]), (&json!("Bricks"), &json!("Bloques")));
        assert_eq!((&product["available"], product["tiers"].as_array().unwrap().len()), (&json!(1000), 1));
        let csv = "sku,currency,price_1,min_1\nA,EUR,10,24\nA,JPY,1800,24\n";
        applied(&house, &checked(&house, csv.as_bytes()).await).await;
        let (_, listed) = house.crew("GET", "/api/v1/products?q=bloques", Value::Null).await;
        let tiers = listed["items"][0]["tiers"].as_array().unwrap();
        let currencies: Vec<_> = tiers.iter().map(|tier| tier["unit_price"]["currency"].as_str().unwrap()).collect();
        assert_eq!(currencies, ["EUR", "JPY", "USD"], "prices in other currencies stay");
    })
    .await;
}

#[tokio::test]
async fn a_sheet_without_moq_or_unit_leaves_them_as_they_are() {
    each_house(|house| async move {
        applied(&house, &checked(&house, CSV.as_bytes()).await).await;
        for csv in ["sku,currency,price_1,min_1\nA,USD,9,24\n", "sku,moq\nA,48\n", "sku,multiple\nA,6\n"] {
            let (_, outcome) = applied(&house, &checked(&house, csv.as_bytes()).await).await;
            assert_eq!(outcome["changed"], 1, "{csv}");
        }
        let (_, listed) = house.crew("GET", "/api/v1/products?q=bricks", Value::Null).await;
        let product = &listed["items"][0];
        assert_eq!((&product["unit"], &product["moq"], &product["multiple"]), (&json!("set"), &json!(48), &json!(6)));
        assert_eq!(product["tiers"].as_array().unwrap().len(), 1);
        assert_eq!(product["tiers"][0]["unit_price"]["micro"], 9_000_000);
    })
    .await;
}

#[tokio::test]
async fn an_import_with_findings_is_not_applied() {
    each_house(|house| async move {
        let run = checked(&house, b"sku,currency,price_1,min_1\nA,USD,1,1\nB,USD,free,1\n").await;
        let expected = json!([{"row": 3, "column": "price_1", "value": "free", "reason": "bad-price"}]);
        assert_eq!((&run["rows"], &run["ok"], &run["findings"]), (&json!(2), &json!(1), &expected));
        let (status, refused) = applied(&house, &run).await;
        assert_eq!(
            (status, &refused["type"], &refused["findings"]),
            (422, &json!("/problems/import-rejected"), &json!(1))
        );
    })
    .await;
}

#[tokio::test]
async fn a_workbook_imports_and_garbage_is_refused() {
    each_house(|house| async move {
        let mut book = rust_xlsxwriter::Workbook::new();
        let page = book.add_worksheet();
        for (column, (name, value)) in [("sku", "A"), ("name_ja", "つみき")].iter().enumerate() {
            page.write(0, u16::try_from(column).unwrap(), *name).unwrap();
            page.write(1, u16::try_from(column).unwrap(), *value).unwrap();
        }
        let run = checked(&house, &book.save_to_buffer().unwrap()).await;
        assert_eq!(applied(&house, &run).await.1["created"], 1);
        let (status, _) = house.call(&house.crew, upload("/api/v1/product-imports", b"PK\x03\x04garbage")).await;
        assert_eq!(status, 422);
        assert_eq!(
            house
                .crew("POST", &format!("/api/v1/product-imports/{}/apply", kernel::id::ImportId::new()), Value::Null)
                .await
                .0,
            404
        );
    })
    .await;
}

#[tokio::test]
async fn five_thousand_rows_are_one_transaction() {
    each_house(|house| async move {
        use std::fmt::Write;
        let mut csv = String::from("sku,name_en,currency,price_1,min_1,price_2,min_2,stock\n");
        for n in 0..5000 {
            writeln!(csv, "S-{n},Toy {n},USD,1.5,1,1.25,100,10").unwrap();
        }
        let run = checked(&house, csv.as_bytes()).await;
        assert_eq!(applied(&house, &run).await.1["created"], 5000);
    })
    .await;
}

#[tokio::test]
async fn a_sheet_that_chinese_excel_saved_is_read_and_says_as_what() {
    each_house(|house| async move {
        let csv = "sku,name_zh-CN,text_zh-CN\r\nA,木制积木,适合三岁以上儿童\r\n";
        let (bytes, ..) = encoding_rs::GB18030.encode(csv);
        let run = checked(&house, &bytes).await;
        assert_eq!((&run["encoding"], &run["findings"]), (&json!("GBK"), &json!([])));
        applied(&house, &run).await;
        let (_, listed) = house.crew("GET", "/api/v1/products", Value::Null).await;
        assert_eq!(listed["items"][0]["names"]["zh-CN"], "木制积木");
        assert_eq!(checked(&house, CSV.as_bytes()).await["encoding"], "UTF-8");
    })
    .await;
}

#[tokio::test]
async fn a_checked_sheet_waits_a_day_to_be_applied() {
    each_house(|house| async move {
        let (waits, done) = (checked(&house, CSV.as_bytes()).await, checked(&house, b"sku\nC\n").await);
        applied(&house, &done).await;
        assert_eq!(house.catalog.forget_imports().await.unwrap(), 0);
        house.clock.advance(std::time::Duration::from_hours(25));
        assert_eq!(house.catalog.forget_imports().await.unwrap(), 1);
        assert_eq!(applied(&house, &waits).await.0, 404);
        assert_eq!(applied(&house, &done).await.1["created"], 1, "what was applied is known for good");
    })
    .await;
}
