//! What rooms hear on the bus: show state, pins, run items, stock, offers, inquiries. Kept before it is shown, so a
//! restart loses no control value.

use kernel::bus::Consumer;
use kernel::id::EventId;
use kernel::{Envelope, Locale, LocalizedText, Problem};

use super::{Rooms, Wish};
use crate::events::{EventState, InquiryOpened, OfferState, PinChanged, RunItem, ShownOffer, StockChanged};
use crate::protocol::encode;
use crate::question::QuestionState;
use crate::room::{Ctl, Input, Phase};
use crate::store;

impl Rooms {
    /// Listens until the bus closes. What the database did not keep comes again.
    pub async fn listen(self, mut bus: Consumer) {
        while let Some(delivery) = bus.next().await {
            if self.hear(&delivery.envelope).await {
                delivery.taken();
            }
        }
    }

    /// Takes one happening; one that nobody could take is logged and passed over. `false`: it must come again.
    pub async fn hear(&self, happening: &Envelope) -> bool {
        let name = happening.name.as_str();
        let Err(problem) = self.take(name, happening).await else { return true };
        tracing::warn!(happening = name, problem = problem.code(), "a happening could not be shown");
        problem.status < 500
    }

    async fn take(&self, name: &str, happening: &Envelope) -> Result<(), Problem> {
        match name {
            "live.event.state" => self.event_state(&read(happening)?).await,
            "live.pin.changed" => {
                let pins: PinChanged = read(happening)?;
                let body = format!(r#"{{"v":{},"pins":{}}}"#, pins.version, encode(&pins.products));
                self.show(pins.event, ctl("pins", "pins", pins.version, body)).await
            }
            "live.run_item.started" => self.run_item(&read(happening)?, true, happening.at.micros()).await,
            "live.run_item.finished" => self.run_item(&read(happening)?, false, happening.at.micros()).await,
            "trade.offer.state" => {
                let offer: OfferState = read(happening)?;
                let key = format!("offer:{}", offer.offer);
                let body = encode(&ShownOffer::from(&offer));
                self.show(offer.event, ctl(&key, "offer", offer.version, body)).await
            }
            "catalog.stock.changed" => {
                let StockChanged { variant, product, available, version } = read(happening)?;
                for room in self.all_opened() {
                    room.on(Input::Stock { product, variant, left: available, version });
                }
                Ok(())
            }
            "trade.inquiry.opened" => self.inquiry_opened(&read(happening)?).await,
            _ => Ok(()),
        }
    }

    async fn event_state(&self, heard: &EventState) -> Result<(), Problem> {
        let txn = self.0.db.write().await?;
        let state = (heard.to.as_str(), heard.version);
        let older = !store::enter(&txn, heard.event, heard.org, state, self.now()).await?;
        txn.commit().await?;
        if older {
            return Ok(());
        }
        let body = format!(r#"{{"state":{},"version":{}}}"#, encode(&heard.to), heard.version);
        self.show(heard.event, ctl("state", "state", heard.version, body)).await?;
        if let Some(room) = self.opened(heard.event) {
            room.on(Input::Enter(Phase::of(&heard.to)));
        }
        if heard.to == "ended" {
            self.owe_open_questions(heard.event).await?;
        }
        Ok(())
    }

    /// At the end of a show every open question becomes a debt.
    async fn owe_open_questions(&self, event: EventId) -> Result<(), Problem> {
        let open = [QuestionState::New, QuestionState::Assigned];
        loop {
            let some = store::questions(self.0.db.read(), event, &open, None, 100).await?;
            if some.is_empty() {
                return Ok(());
            }
            for question in some {
                // The desk may be faster; then there is nothing to owe.
                if let Err(problem) = self.change(question.id, QuestionState::Owed, Wish::default(), None).await
                    && problem.status != 409
                {
                    return Err(problem);
                }
            }
        }
    }

    /// The item on the air, or none. Items have no versions of their own: the moment serves.
    async fn run_item(&self, heard: &RunItem, started: bool, at: i64) -> Result<(), Problem> {
        let item = heard.item;
        let body = if started {
            let (product, title) = (encode(&heard.product), encode(&heard.title.as_ref().map(one_title)));
            format!(r#"{{"item":"{item}","product":{product},"title":{title}}}"#)
        } else {
            let other = self.room(heard.event).await?.lock().shows_another_item(item);
            if other {
                return Ok(());
            }
            "{}".to_owned()
        };
        self.show(heard.event, ctl("item", "item", at, body)).await
    }

    async fn inquiry_opened(&self, heard: &InquiryOpened) -> Result<(), Problem> {
        let Some(question) = heard.question else { return Ok(()) };
        let wish = Wish { inquiry: Some(heard.inquiry), ..Wish::default() };
        match self.change(question, QuestionState::Converted, wish, None).await {
            Err(problem) if problem.status != 409 => Err(problem),
            _ => Ok(()), // 409: heard before
        }
    }

    /// Keeps a control value, then shows it.
    async fn show(&self, event: EventId, value: Ctl) -> Result<(), Problem> {
        let txn = self.0.db.write().await?;
        store::show(&txn, event, &value, self.now()).await?;
        txn.commit().await?;
        if let Some(room) = self.opened(event) {
            room.on(Input::Show(value));
        }
        Ok(())
    }
}

/// A title is a text, or one in several languages: all get the English one, until rooms have a frame per language.
fn one_title(title: &serde_json::Value) -> String {
    match title {
        serde_json::Value::String(title) => title.clone(),
        many => {
            let many: LocalizedText = serde_json::from_value(many.clone()).unwrap_or_default();
            many.pick(&Locale::english()).to_owned()
        }
    }
}

fn ctl(key: &str, kind: &str, version: i64, body: String) -> Ctl {
    Ctl { key: key.to_owned(), kind: kind.to_owned(), version, body: body.into() }
}

fn read<T: serde::de::DeserializeOwned>(happening: &Envelope) -> Result<T, Problem> {
    happening.read().map_err(|cause| Problem::unprocessable("bad-happening").detail(cause.to_string()))
}
