//! What holds of an event now, told as the happenings that brought it about: for those who missed them.

use kernel::Envelope;
use kernel::id::EventId;

use crate::LiveError as E;
use crate::bus::{PinsChanged, RunItemFinished, RunItemStarted};
use crate::event::EventState;
use crate::events::state_of;
use crate::live::Live;
use crate::run::RunItemState;
use crate::store;

impl Live {
    /// The newest happening of each kind; none while an event is a draft.
    pub async fn present(&self, id: EventId) -> Result<Vec<Envelope>, E> {
        let Some(event) = store::event(self.db.read(), id).await? else { return Ok(Vec::new()) };
        if event.state == EventState::Draft {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        let told = |encoded: Result<Envelope, serde_json::Error>| encoded.map_err(kernel::outbox::OutboxError::from);
        let pins = PinsChanged { event: id, version: event.pins_version, products: event.pins.clone() };
        let mut present = vec![told(Envelope::of(&state_of(&event), now))?, told(Envelope::of(&pins, now))?];
        let items = store::items(self.db.read(), id).await?;
        let version = event.sheet_version;
        if let Some(item) = items.iter().find(|item| item.state == RunItemState::OnAir) {
            present.push(told(Envelope::of(&RunItemStarted::of(item, version), now))?);
        } else if let Some(item) = items.iter().find(|item| item.state == RunItemState::Done) {
            present.push(told(Envelope::of(&RunItemFinished::of(item, version), now))?);
        }
        Ok(present)
    }
}
