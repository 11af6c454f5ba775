//! What rooms hear on the bus: show state, pins, run items, stock, offers, inquiries. Show state, pins and run items
//! are kept before they are shown; offers and stock, which change with every order, are only shown. All of it is reread
//! where something may have been missed.

use std::collections::BTreeSet;

use kernel::bus::Consumer;
use kernel::id::{EventId, ProductId};
use kernel::{Envelope, Problem};

use super::{Handle, Rooms, Wish};
use crate::events::{
    About, EventState, InquiryOpened, OfferState, PinChanged, RunItem, ShownItem, ShownOffer, StockChanged,
};
use crate::protocol::encode;
use crate::question::QuestionState;
use crate::room::{Ctl, Input, Phase};
use crate::shard::Door as _;
use crate::sources::SourceError;
use crate::store;

/// The state of an event that only its crew sees.
const REHEARSING: &str = "rehearsing";
/// The questions that the end of a show turns into debts.
const OPEN: [QuestionState; 2] = [QuestionState::New, QuestionState::Assigned];

impl Rooms {
    /// Listens until the bus closes. What was told while nobody listened is reread first; what the database did not
    /// keep comes again.
    pub async fn listen(self, mut bus: Consumer) {
        self.reread().await;
        while let Some(delivery) = bus.next().await {
            if self.hear(&delivery.envelope).await {
                delivery.taken();
            }
        }
    }

    /// Rereads what every room that is open here, or whose show is ahead or under way, should know.
    async fn reread(&self) {
        let mut events: BTreeSet<EventId> = self.all_opened().iter().map(|room| room.event()).collect();
        match store::open_rooms(self.0.db.read()).await {
            Ok(known) => events.extend(known),
            Err(cause) => tracing::warn!(%cause, "the rooms could not be listed"),
        }
        for event in events {
            self.refresh(event).await;
        }
        if let Err(problem) = self.owe_what_ended_left().await {
            tracing::warn!(problem = problem.code(), "open questions of ended shows could not be looked over");
        }
    }

    /// Owes what is still open of shows that have ended: asked in their last moment, or the end was not heard to its end.
    async fn owe_what_ended_left(&self) -> Result<(), Problem> {
        for event in store::events_with_questions(self.0.db.read(), &OPEN).await? {
            let room = store::room(self.0.db.read(), event).await?;
            if room.is_some_and(|room| Phase::of(&room.state) == Phase::DeskOnly) {
                self.owe_open_questions(event).await?;
            }
        }
        Ok(())
    }

    /// Takes what holds of an event from its sources, as if it had just happened: versions sort out what is news.
    pub(super) async fn refresh(&self, event: EventId) {
        for happening in self.asked(event, self.0.sources.present(event)).await {
            self.hear_one(&happening).await;
        }
        if let Some(room) = self.opened(event) {
            let products = room.lock().forget_stock();
            self.restock(&room, products).await;
        }
    }

    /// What the sources answer; nothing, and a line in the log, when they fail.
    async fn asked(
        &self,
        event: EventId,
        answer: impl Future<Output = Result<Vec<Envelope>, SourceError>>,
    ) -> Vec<Envelope> {
        answer.await.unwrap_or_else(|cause| {
            tracing::warn!(cause = &*cause, event.id = %event, "a room could not reread its sources");
            Vec::new()
        })
    }

    /// Takes the stock of products that have come onto the page: what was told of it before was not theirs to show.
    async fn restock(&self, room: &Handle, products: Vec<ProductId>) {
        if products.is_empty() {
            return;
        }
        for level in self.asked(room.event(), self.0.sources.stock(products)).await {
            if let Ok(StockChanged { variant, product, available, version }) = read(&level) {
                room.on(Input::Stock { product, variant, left: available, version });
            }
        }
    }

    /// Takes one happening; one that nobody could take is logged and passed over. `false`: it must come again.
    pub async fn hear(&self, happening: &Envelope) -> bool {
        let taken = self.hear_one(happening).await;
        let about: Option<About> = happening.read().ok();
        if let Some(room) = about.and_then(|about| self.opened(about.event)) {
            let products = room.lock().newly_shown();
            self.restock(&room, products).await;
        }
        taken
    }

    async fn hear_one(&self, happening: &Envelope) -> bool {
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
                if self.rehearses(pins.event).await? {
                    return Ok(());
                }
                let body = format!(r#"{{"v":{},"pins":{}}}"#, pins.version, encode(&pins.products));
                self.show(pins.event, ctl("pins", "pins", pins.version, body)).await
            }
            "live.run_item.started" => self.run_item(&read(happening)?, true).await,
            "live.run_item.finished" => self.run_item(&read(happening)?, false).await,
            "trade.offer.state" => {
                let offer: OfferState = read(happening)?;
                let key = format!("offer:{}", offer.offer);
                let body = encode(&ShownOffer::from(&offer));
                if let Some(room) = self.opened(offer.event) {
                    room.on(Input::Show(ctl(&key, "offer", offer.version, body)));
                }
                Ok(())
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
        let older = !store::enter(&txn, heard, self.now()).await?;
        txn.commit().await?;
        if older {
            return Ok(());
        }
        let shown = if heard.to == REHEARSING { "scheduled" } else { heard.to.as_str() };
        let body = format!(r#"{{"state":{},"version":{}}}"#, encode(&shown), heard.version);
        self.show(heard.event, ctl("state", "state", heard.version, body)).await?;
        if let Some(room) = self.opened(heard.event) {
            room.on(Input::Languages(heard.languages.clone()));
            room.on(Input::Enter(Phase::of(&heard.to)));
        }
        if heard.to == "ended" {
            self.owe_open_questions(heard.event).await?;
        }
        Ok(())
    }

    /// At the end of a show every open question becomes a debt.
    async fn owe_open_questions(&self, event: EventId) -> Result<(), Problem> {
        loop {
            let some = store::questions(self.0.db.read(), event, &OPEN, None, 100).await?;
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

    /// The item on the air, or none. One that takes another's place is told with the same version of the run sheet,
    /// so the start counts as the later of the two.
    async fn run_item(&self, heard: &RunItem, started: bool) -> Result<(), Problem> {
        if self.rehearses(heard.event).await? {
            return Ok(());
        }
        let version = heard.version * 2 + i64::from(started);
        let body = if started { encode(&ShownItem::from(heard)) } else { "{}".to_owned() };
        self.show(heard.event, ctl("item", "item", version, body)).await
    }

    /// Whether the show is being rehearsed: those who wait for it see nothing of that. What holds is told again
    /// when the rehearsal ends.
    async fn rehearses(&self, event: EventId) -> Result<bool, Problem> {
        Ok(store::room(self.0.db.read(), event).await?.is_some_and(|room| room.state == REHEARSING))
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

fn ctl(key: &str, kind: &str, version: i64, body: String) -> Ctl {
    Ctl { key: key.to_owned(), kind: kind.to_owned(), version, body: body.into() }
}

fn read<T: serde::de::DeserializeOwned>(happening: &Envelope) -> Result<T, Problem> {
    happening.read().map_err(|cause| Problem::unprocessable("bad-happening").detail(cause.to_string()))
}
