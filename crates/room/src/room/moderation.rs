//! What follows from a moderator's decision, and from none in time.

use std::time::Duration;

use kernel::Instant;
use kernel::id::MessageId;

use super::{Decision, Message, MessageState, Output, Outputs, Room};
use crate::protocol::Lane;

/// How long a held message waits for a moderator.
const HELD_FOR: Duration = Duration::from_mins(5);

impl Room {
    /// A message from before the start: a visible one gets a number of the new epoch, a held one waits on.
    pub(super) fn restore(&mut self, message: Message, now: Instant) {
        if message.state == MessageState::Held {
            self.held.push_back((message.id, message.at));
            return self.remember(message, None);
        }
        let s = self.publish(&message, now);
        self.remember(message, Some(s));
    }

    /// A recent message.
    pub fn message(&self, id: MessageId) -> Option<&Message> {
        self.recent.get(&id).map(|(message, _)| message)
    }

    /// Carries out a decision that has been committed.
    pub(super) fn decide(&mut self, mut message: Message, decision: Decision, now: Instant, out: &mut Outputs) {
        let number = self.recent.get(&message.id).and_then(|(_, s)| *s);
        let state = decision.applied_to(message.state).unwrap_or(message.state);
        message.state = state;
        let number = match state {
            MessageState::Visible => Some(self.publish(&message, now)),
            MessageState::Removed => {
                self.chat.retain(|(id, _)| *id != message.id);
                let s = number.unwrap_or(0);
                self.add(Lane::Ctl, "gone", &format!(r#"{{"s":{s},"id":"{}"}}"#, message.id), now);
                number
            }
            _ => {
                self.tell_refused(&message, out);
                number
            }
        };
        self.tell_desk_of(&message, number);
        self.remember(message, number);
    }

    fn tell_refused(&self, message: &Message, out: &mut Outputs) {
        let body = format!(r#"{{"op":"me","k":"refused","d":{{"id":"{}"}}}}"#, message.id);
        self.tell(&message.participant, &body, out);
    }

    /// When the oldest held message lapses.
    pub(super) fn next_lapse(&self) -> Option<Instant> {
        self.held.front().map(|(_, at)| *at + HELD_FOR)
    }

    /// Held messages that no moderator has decided on in time.
    pub(super) fn lapse_held(&mut self, now: Instant, out: &mut Outputs) {
        while self.next_lapse().is_some_and(|due| due <= now)
            && let Some((id, _)) = self.held.pop_front()
        {
            let Some((message, _)) = self.recent.get_mut(&id) else { continue };
            if message.state != MessageState::Held {
                continue;
            }
            message.state = MessageState::Lapsed;
            let message = message.clone();
            self.tell_refused(&message, out);
            self.tell_desk_of(&message, None);
            out.list.push(Output::Persist(Box::new(message)));
        }
    }
}
