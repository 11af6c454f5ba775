//! What moderators do: decide on messages, silence participants, set the room.

use kernel::id::{EventId, MessageId};
use kernel::{Actor, Problem, Right};

use super::Rooms;
use crate::events::ModerationDecided;
use crate::room::{Decision, Input, Message, Mute};
use crate::settings::RoomSettings;
use crate::store;
use crate::store::Silenced;

impl Rooms {
    /// Decides on a message; the decision is committed before anybody sees it.
    pub(crate) async fn decide(&self, actor: &Actor, id: MessageId, decision: Decision) -> Result<Message, Problem> {
        let unknown = || Problem::not_found("message-unknown");
        actor.require(Right::Moderate)?;
        let message = self.find_message(actor, id).await?.ok_or_else(unknown)?;
        let room = self.crew_room(actor, message.event, Right::Moderate).await.map_err(|_foreign| unknown())?;
        let Some(state) = decision.applied_to(message.state) else {
            return Err(Problem::conflict("message-state").with("state", message.state.word()));
        };
        let decided = Message { state, ..message.clone() };
        let txn = self.0.db.write().await?;
        if !store::decide(&txn, &decided, message.state).await? {
            return Err(Problem::conflict("message-state"));
        }
        let happening = ModerationDecided { event: message.event, message: id, decision, by: actor.name.clone() };
        self.0.outbox.add(&txn, &happening).await.map_err(kernel::db::sea_orm::DbErr::from)?;
        txn.commit().await?;
        self.0.outbox.wake();
        room.on(Input::Decide { message: Box::new(message), decision });
        Ok(decided)
    }

    /// A message: the newest word is the open room's, since chat is saved in batches. Only rooms of the actor's firm,
    /// for ids are made by those who write.
    async fn find_message(&self, actor: &Actor, id: MessageId) -> Result<Option<Message>, Problem> {
        let rooms = self.all_opened();
        let mut own = rooms.iter().filter(|room| actor.org == Some(room.org));
        let open = own.find_map(|room| room.lock().message(id).cloned());
        match open {
            Some(message) => Ok(Some(message)),
            None => match actor.org {
                Some(org) => Ok(store::message(self.0.db.read(), org, id).await?),
                None => Ok(None),
            },
        }
    }

    pub(crate) async fn silence(
        &self,
        actor: &Actor,
        event: EventId,
        participant: &str,
        mute: Option<Mute>,
    ) -> Result<(), Problem> {
        let room = self.crew_room(actor, event, Right::Moderate).await?;
        if participant.is_empty() || participant.len() > 100 {
            return Err(Problem::unprocessable("room-participant"));
        }
        let txn = self.0.db.write().await?;
        store::silence(&txn, event, participant, mute, actor.person().ok(), self.now()).await?;
        txn.commit().await?;
        room.on(Input::Silence { participant: participant.to_owned(), mute });
        Ok(())
    }

    pub(crate) async fn configure(&self, actor: &Actor, event: EventId, settings: RoomSettings) -> Result<(), Problem> {
        let room = self.crew_room(actor, event, Right::Moderate).await?;
        let fits = settings.slow_s <= 600 && (1..=50).contains(&settings.visible_chat_per_s);
        if !fits || settings.notice.chars().count() > 500 {
            return Err(Problem::unprocessable("room-settings"));
        }
        let settings = RoomSettings { notice: kernel::text::clean(&settings.notice), ..settings };
        let txn = self.0.db.write().await?;
        let version = store::configure(&txn, event, &settings).await?;
        txn.commit().await?;
        room.on(Input::Configure { settings, version });
        Ok(())
    }

    /// Who is silenced in a room, with the name they last wrote under.
    pub(crate) async fn mutes(&self, actor: &Actor, event: EventId) -> Result<Vec<Silenced>, Problem> {
        self.crew_room(actor, event, Right::Moderate).await?;
        Ok(store::mutes(self.0.db.read(), event, self.now()).await?)
    }

    /// A page of what was said, for the crew.
    pub(crate) async fn transcript(
        &self,
        actor: &Actor,
        event: EventId,
        after: Option<(kernel::Instant, MessageId)>,
        limit: u64,
    ) -> Result<Vec<Message>, Problem> {
        self.crew_room(actor, event, Right::SeeDesk).await?;
        Ok(store::messages_after(self.0.db.read(), event, after, limit).await?)
    }
}
