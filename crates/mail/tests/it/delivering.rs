//! A queued letter reaches its reader, or ends in a state that says why not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use kernel::db::sea_orm::ConnectionTrait as _;
use kernel::id::MailId;
use kernel::testing::each_database;
use kernel::{Clock as _, Db, Keys, Locale, ManualClock};
use mail::testing::SmtpSink;
use mail::{Address, Letter, Log, Memory, Post, PostError, Round, Smtp, Template, Transport, TransportError};
use serde_json::json;
use tokio::sync::Barrier;
use tokio_util::sync::CancellationToken;

const SENT: Round = Round { sent: 1, put_off: 0, failed: 0 };
const PUT_OFF: Round = Round { sent: 0, put_off: 1, failed: 0 };
const FAILED: Round = Round { sent: 0, put_off: 0, failed: 1 };

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-05-12T12:00:00Z".parse().unwrap()))
}

fn letter(template: Template) -> Letter {
    let values = json!({
        "org": "Ningbo Toys", "url": "https://fair.example/deal/abc", "number": "LF-1001", "product": "积木",
        "quantity": 48, "total": "USD 153.60",
    });
    Letter {
        to: Address::new("Ana García", "ana@example.com").unwrap(),
        reply_to: Some(Address::new("", "sales@ningbo.example").unwrap()),
        locale: "es".parse().unwrap(),
        template,
        values,
    }
}

fn post(db: &Db, clock: &Arc<ManualClock>, transport: impl Transport) -> Post {
    let from = Address::new("Ningbo Toys", "fair@ningbo.example").unwrap();
    Post::new(db.clone(), clock.clone(), &Keys::from_secret([7; 32]), from, Arc::new(transport)).unwrap()
}

async fn queued(db: &Db, post: &Post, template: Template) -> MailId {
    let txn = db.write().await.unwrap();
    let id = post.queue(&txn, letter(template)).await.unwrap();
    txn.commit().await.unwrap();
    id
}

#[tokio::test]
async fn a_letter_arrives_through_smtp_with_text_and_html() {
    each_database(&mail::migrations(), async |db| {
        let (clock, sink) = (clock(), SmtpSink::start().await.unwrap());
        let post = post(&db, &clock, Smtp::from_url(&sink.url()).unwrap());
        let id = queued(&db, &post, Template::OrderPlaced).await;
        assert_eq!(post.deliver_due(clock.now()).await.unwrap(), SENT);

        let received = sink.received();
        let mail = &received[0];
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            ("fair@ningbo.example", &["ana@example.com".to_owned()][..])
        );
        assert_eq!(mail.header("Message-ID").unwrap(), format!("<{id}@ningbo.example>"));
        assert_eq!(mail.header("Date").unwrap(), "Tue, 12 May 2026 12:00:00 +0000");
        assert_eq!(mail.header("Reply-To").unwrap(), "sales@ningbo.example");
        assert_eq!(mail.header("Auto-Submitted").unwrap(), "auto-generated");
        assert_eq!(mail.header("Subject").unwrap(), "Hemos recibido su pedido LF-1001");
        let (text, html) = (mail.text().unwrap(), mail.html().unwrap());
        assert!(text.contains("Hola, Ana García:") && text.contains("Producto: 积木"), "{text}");
        assert!(
            html.contains("href=\"https:&#x2f;&#x2f;fair.example&#x2f;deal&#x2f;abc\"")
                && html.contains("Ver el pedido")
        );
        assert_eq!(post.state_of(id).await.unwrap().as_deref(), Some("sent"));
        assert_eq!(post.deliver_due(clock.now()).await.unwrap(), Round::default());
    })
    .await;
}

#[tokio::test]
async fn what_became_of_a_mail_is_known_for_ninety_days() {
    each_database(&mail::migrations(), async |db| {
        let (clock, memory) = (clock(), Memory::default());
        let post = post(&db, &clock, memory.clone());
        let sent = queued(&db, &post, Template::OrderPlaced).await;
        post.deliver_due(clock.now()).await.unwrap();
        clock.advance(Duration::from_hours(90 * 24));
        let waiting = queued(&db, &post, Template::OrderPlaced).await;
        assert_eq!(post.sweep().await.unwrap(), 0);
        clock.advance(Duration::from_hours(91 * 24));
        assert_eq!(post.sweep().await.unwrap(), 1);
        assert_eq!(post.state_of(sent).await.unwrap(), None);
        assert_eq!(post.state_of(waiting).await.unwrap().as_deref(), Some("queued"));
    })
    .await;
}

#[tokio::test]
async fn a_letter_of_a_transaction_that_is_dropped_is_never_sent() {
    each_database(&mail::migrations(), async |db| {
        let (clock, memory) = (clock(), Memory::default());
        let post = post(&db, &clock, memory.clone());
        let txn = db.write().await.unwrap();
        post.queue(&txn, letter(Template::OrderPlaced)).await.unwrap();
        drop(txn);
        assert_eq!(post.deliver_due(clock.now()).await.unwrap(), Round::default());
        assert_eq!(memory.sent(), []);
    })
    .await;
}

#[tokio::test]
async fn a_busy_server_is_asked_again_later_and_at_last_no_more() {
    each_database(&mail::migrations(), async |db| {
        let (clock, sink) = (clock(), SmtpSink::start().await.unwrap());
        let post = post(&db, &clock, Smtp::from_url(&sink.url()).unwrap());
        let id = queued(&db, &post, Template::OrderPlaced).await;
        for minutes in [1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60] {
            sink.answer_next("451 4.7.1 greylisted");
            assert_eq!(post.deliver_due(clock.now()).await.unwrap(), PUT_OFF);
            clock.advance(Duration::from_secs(minutes * 60 - 1));
            assert_eq!(post.deliver_due(clock.now()).await.unwrap(), Round::default());
            clock.advance(Duration::from_secs(1));
        }
        sink.answer_next("451 4.7.1 greylisted");
        assert_eq!(post.deliver_due(clock.now()).await.unwrap(), FAILED);
        assert_eq!(post.state_of(id).await.unwrap().as_deref(), Some("failed"));
        assert_eq!(sink.received(), []);
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_that_does_not_exist_is_not_tried_again() {
    each_database(&mail::migrations(), async |db| {
        let (clock, sink) = (clock(), SmtpSink::start().await.unwrap());
        let post = post(&db, &clock, Smtp::from_url(&sink.url()).unwrap());
        let id = queued(&db, &post, Template::OrderPlaced).await;
        sink.answer_next("550 5.1.1 no such user");
        assert_eq!(post.deliver_due(clock.now()).await.unwrap(), FAILED);
        assert_eq!(post.state_of(id).await.unwrap().as_deref(), Some("failed"));
    })
    .await;
}

#[tokio::test]
async fn a_server_that_does_not_let_us_in_is_a_setting_to_mend_and_the_mail_waits() {
    each_database(&mail::migrations(), async |db| {
        let (clock, sink) = (clock(), SmtpSink::start().await.unwrap());
        let post = post(&db, &clock, Smtp::from_url(&sink.url()).unwrap());
        queued(&db, &post, Template::OrderPlaced).await;
        sink.answer_next("535 5.7.8 bad credentials");
        assert_eq!(post.deliver_due(clock.now()).await.unwrap(), PUT_OFF);
    })
    .await;
}

#[tokio::test]
async fn two_workers_send_a_letter_once() {
    each_database(&mail::migrations(), async |db| {
        let (clock, memory) = (clock(), Memory::default());
        let (one, two) = (post(&db, &clock, memory.clone()), post(&db, &clock, memory.clone()));
        for _ in 0..20 {
            queued(&db, &one, Template::OrderPlaced).await;
        }
        let (a, b) = tokio::join!(one.deliver_due(clock.now()), two.deliver_due(clock.now()));
        assert_eq!(a.unwrap().sent + b.unwrap().sent, 20);
        assert_eq!(memory.sent().len(), 20);
    })
    .await;
}

#[tokio::test]
async fn without_a_server_mails_stay_queued_and_go_out_once_there_is_one() {
    each_database(&mail::migrations(), async |db| {
        let (clock, memory) = (clock(), Memory::default());
        let without = post(&db, &clock, Log);
        queued(&db, &without, Template::OrderConfirmed).await;
        assert_eq!(without.deliver_due(clock.now()).await.unwrap(), Round::default());
        assert_eq!(post(&db, &clock, memory.clone()).deliver_due(clock.now()).await.unwrap(), SENT);
        assert_eq!(memory.sent()[0].template, Template::OrderConfirmed);
    })
    .await;
}

#[tokio::test]
async fn a_log_in_link_that_has_run_out_is_not_sent() {
    each_database(&mail::migrations(), async |db| {
        let (clock, memory) = (clock(), Memory::default());
        let post = post(&db, &clock, memory.clone());
        let id = queued(&db, &post, Template::MagicLink).await;
        clock.advance(Duration::from_mins(31));
        assert_eq!(post.deliver_due(clock.now()).await.unwrap(), FAILED);
        assert_eq!(post.state_of(id).await.unwrap().as_deref(), Some("stale"));
        assert_eq!(memory.sent(), []);
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_lacks_a_value_is_refused_when_it_is_queued() {
    each_database(&mail::migrations(), async |db| {
        let post = post(&db, &clock(), Memory::default());
        let bare = Letter {
            values: json!({"org": "Ningbo Toys"}),
            locale: Locale::english(),
            ..letter(Template::OrderPlaced)
        };
        let txn = db.write().await.unwrap();
        let refusal = post.queue(&txn, bare).await.unwrap_err();
        assert!(matches!(refusal, PostError::Letter(_)), "{refusal}");
    })
    .await;
}

#[tokio::test]
async fn a_letter_sealed_with_another_key_waits_until_that_is_back() {
    each_database(&mail::migrations(), async |db| {
        let (clock, memory) = (clock(), Memory::default());
        let keyed = post(&db, &clock, memory.clone());
        queued(&db, &keyed, Template::OrderPlaced).await;
        let from = Address::new("", "fair@ningbo.example").unwrap();
        let other = Keys::from_secret([8; 32]);
        let stranger = Post::new(db.clone(), clock.clone(), &other, from, Arc::new(memory.clone())).unwrap();
        for _ in 0..10 {
            assert_eq!(stranger.deliver_due(clock.now()).await.unwrap(), PUT_OFF);
            clock.advance(Duration::from_mins(30));
        }
        assert_eq!(memory.sent(), []);
        memory.refuse_next(TransportError::Later("busy".into()));
        assert_eq!(keyed.deliver_due(clock.now()).await.unwrap(), PUT_OFF, "what did not open was no try");
        clock.advance(Duration::from_mins(1));
        assert_eq!(keyed.deliver_due(clock.now()).await.unwrap(), SENT);
    })
    .await;
}

/// Closes the post office when the first mail travels; takes each mail in its own time.
#[derive(Clone, Default)]
struct Closing {
    cancel: CancellationToken,
    taken: Arc<AtomicUsize>,
}

impl Transport for Closing {
    fn send<'a>(&'a self, _: &'a mail::Outgoing) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(async {
            self.cancel.cancel();
            tokio::task::yield_now().await;
            self.taken.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    }
}

#[tokio::test]
async fn once_closed_what_travels_arrives_and_nothing_more_sets_out() {
    each_database(&mail::migrations(), async |db| {
        let (clock, closing) = (clock(), Closing::default());
        let post = post(&db, &clock, closing.clone());
        let mut ids = Vec::new();
        for _ in 0..20 {
            ids.push(queued(&db, &post, Template::OrderPlaced).await);
        }
        post.run(closing.cancel.clone()).await;
        let taken = closing.taken.load(Ordering::SeqCst);
        assert!((1..=4).contains(&taken), "{taken}");
        let mut sent = 0;
        for id in ids {
            sent += usize::from(post.state_of(id).await.unwrap().as_deref() == Some("sent"));
        }
        assert_eq!(sent, taken);
    })
    .await;
}

/// Takes four mails at once, and breaks the table under them.
struct Breaking {
    db: Db,
    together: Barrier,
    taken: Arc<AtomicUsize>,
}

impl Transport for Breaking {
    fn send<'a>(&'a self, _: &'a mail::Outgoing) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(async {
            if self.together.wait().await.is_leader() {
                self.db.writing().execute_unprepared("ALTER TABLE mail RENAME TO letters").await.unwrap();
            } else {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            self.taken.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    }
}

#[tokio::test]
async fn a_mail_whose_end_cannot_be_kept_does_not_break_off_the_others() {
    each_database(&mail::migrations(), async |db| {
        let (clock, taken) = (clock(), Arc::<AtomicUsize>::default());
        let breaking = Breaking { db: db.clone(), together: Barrier::new(4), taken: taken.clone() };
        let post = post(&db, &clock, breaking);
        for _ in 0..4 {
            queued(&db, &post, Template::OrderPlaced).await;
        }
        post.deliver_due(clock.now()).await.unwrap_err();
        assert_eq!(taken.load(Ordering::SeqCst), 4);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_down_gets_the_letter_once_it_is_back() {
    each_database(&mail::migrations(), async |db| {
        let (clock, sink) = (clock(), SmtpSink::start().await.unwrap());
        let (addr, url) = (sink.addr(), sink.url());
        drop(sink);
        while tokio::net::TcpStream::connect(addr).await.is_ok() {
            tokio::task::yield_now().await;
        }
        let post = post(&db, &clock, Smtp::from_url(&url).unwrap());
        let id = queued(&db, &post, Template::OrderPlaced).await;
        assert_eq!(post.deliver_due(clock.now()).await.unwrap(), PUT_OFF);
        assert_eq!(post.state_of(id).await.unwrap().as_deref(), Some("queued"));
        let back = SmtpSink::start_on(addr).await.unwrap();
        clock.advance(Duration::from_mins(1));
        assert_eq!(post.deliver_due(clock.now()).await.unwrap(), SENT);
        assert_eq!(back.received().len(), 1);
    })
    .await;
}
