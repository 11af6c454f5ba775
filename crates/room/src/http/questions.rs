//! What the desk does with questions.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Json, Listed, Page, Path, Query};
use kernel::id::{AnswerId, EventId, PersonId, ProductId, QuestionId};
use kernel::{Actor, Instant, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::question::{Answer, Question, QuestionState};
use crate::rooms::{Rooms, Wish};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuestionView {
    #[schema(value_type = uuid::Uuid)]
    id: QuestionId,
    #[schema(value_type = uuid::Uuid)]
    event: EventId,
    participant: String,
    name: String,
    text: String,
    lang: String,
    #[schema(value_type = Option<uuid::Uuid>)]
    product: Option<ProductId>,
    at_ms: Option<i64>,
    private: bool,
    state: QuestionState,
    version: i64,
    #[schema(value_type = Option<uuid::Uuid>)]
    assignee: Option<PersonId>,
    #[schema(value_type = Option<uuid::Uuid>)]
    merged_into: Option<QuestionId>,
    #[schema(value_type = Option<uuid::Uuid>)]
    inquiry: Option<kernel::id::InquiryId>,
    reason: Option<String>,
    asked_at: Instant,
    answers: Vec<QuestionAnswerView>,
}

#[derive(Debug, Serialize, ToSchema)]
struct QuestionAnswerView {
    #[schema(value_type = uuid::Uuid)]
    id: AnswerId,
    text: String,
    lang: String,
    by: String,
    public: bool,
    at: Instant,
}

impl From<Answer> for QuestionAnswerView {
    fn from(answer: Answer) -> Self {
        let Answer { id, question: _, text, lang, by, public, at } = answer;
        Self { id, text, lang, by, public, at }
    }
}

impl From<Question> for QuestionView {
    fn from(question: Question) -> Self {
        Self {
            id: question.id,
            event: question.event,
            participant: question.participant,
            name: question.name,
            text: question.text,
            lang: question.lang,
            product: question.product,
            at_ms: question.at_ms,
            private: question.private,
            state: question.state,
            version: question.version,
            assignee: question.assignee,
            merged_into: question.merged_into,
            inquiry: question.inquiry,
            reason: question.reason,
            asked_at: question.asked_at,
            answers: question.answers.into_iter().map(Into::into).collect(),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct QuestionFilter {
    /// States, separated by commas; all when absent.
    state: Option<String>,
}

/// Questions of a room, oldest first.
#[utoipa::path(get, path = "/api/v1/rooms/{event}/questions", tag = "room",
    params(("event" = EventId, Path), QuestionFilter, Page),
    responses((status = 200, body = Listed<QuestionView>), (status = 403, body = Problem)))]
pub(super) async fn questions(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(event): Path<EventId>,
    Query(filter): Query<QuestionFilter>,
    Query(page): Query<Page>,
) -> Result<Json<Listed<QuestionView>>, Problem> {
    let words = filter.state.as_deref().unwrap_or_default().split(',').filter(|word| !word.is_empty());
    let states: Vec<QuestionState> =
        words.map(str::parse).collect::<Result<_, _>>().map_err(|_unknown| Problem::bad_request("question-state"))?;
    let found = rooms.questions(&actor, event, &states, page.after()?, page.limit() + 1).await?;
    let listed = Listed::cut(found, page.limit(), |question| question.id.to_string());
    Ok(Json(listed.map(Into::into)))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct QuestionTransition {
    to: QuestionState,
    /// The version the wish was made of.
    from_version: Option<i64>,
    /// Who shall answer; the actor when absent.
    #[schema(value_type = Option<uuid::Uuid>)]
    assignee: Option<PersonId>,
    /// For `merged`.
    #[schema(value_type = Option<uuid::Uuid>)]
    into: Option<QuestionId>,
    #[schema(value_type = Option<uuid::Uuid>)]
    inquiry: Option<kernel::id::InquiryId>,
    #[schema(max_length = 200)]
    reason: Option<String>,
}

/// Moves a question to another state.
#[utoipa::path(post, path = "/api/v1/questions/{id}/transitions", tag = "room", params(("id" = QuestionId, Path)),
    request_body = QuestionTransition, responses((status = 200, body = QuestionView), (status = 409, body = Problem)))]
pub(super) async fn move_question(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(id): Path<QuestionId>,
    Json(wished): Json<QuestionTransition>,
) -> Result<Json<QuestionView>, Problem> {
    let reason = wished.reason.map(|reason| kernel::text::clean_line(&reason).chars().take(200).collect());
    let wish = Wish {
        assignee: wished.assignee,
        merged_into: wished.into,
        inquiry: wished.inquiry,
        reason,
        from_version: wished.from_version,
    };
    Ok(Json(rooms.move_question(&actor, id, wished.to, wish).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewQuestionAnswer {
    #[schema(max_length = 500)]
    text: String,
    /// Everybody sees it; otherwise only the asker.
    public: bool,
    /// The language of the text; the question's when absent.
    #[schema(value_type = Option<String>)]
    lang: Option<kernel::Locale>,
}

/// Answers a question in writing.
#[utoipa::path(post, path = "/api/v1/questions/{id}/answers", tag = "room", params(("id" = QuestionId, Path)),
    request_body = NewQuestionAnswer, responses((status = 201, body = QuestionView), (status = 409, body = Problem)))]
pub(super) async fn answer(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(id): Path<QuestionId>,
    Json(new): Json<NewQuestionAnswer>,
) -> Result<(StatusCode, Json<QuestionView>), Problem> {
    let lang = new.lang.map(|lang| lang.to_string());
    let answered = rooms.answer(&actor, id, &new.text, lang, new.public).await?;
    Ok((StatusCode::CREATED, Json(answered.into())))
}
