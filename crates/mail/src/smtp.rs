//! SMTP, through a pool of connections.

use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use kernel::{Instant, Secret};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Message, MultiPart};
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use url::{Host, Url};

use crate::transport::{Outgoing, Transport, TransportError};

/// Sends through an SMTP server.
#[derive(Clone)]
pub struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSmtpUrl {
    #[error("the SMTP address is not a URL like smtp://user:password@mail.example.com:587 or smtps://…")]
    NotAUrl,
    #[error("tls={0:?} is not one of starttls, opportunistic, none")]
    BadTls(String),
    #[error("a password would travel in the clear: write tls=starttls, or use a server on this machine")]
    PasswordInTheClear,
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

impl Smtp {
    /// Reads `smtp://user:password@host:port?tls=starttls|opportunistic|none` or `smtps://…` (TLS from the first byte).
    /// Without `tls`, STARTTLS is required, except on this machine, where none is used.
    pub fn from_url(url: &Secret<String>) -> Result<Self, BadSmtpUrl> {
        let url = lettre_url(url.expose())?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str());
        let builder = builder.map_err(|e| BadSmtpUrl::Tls(e.to_string()))?;
        Ok(Self(builder.timeout(Some(Duration::from_secs(20))).build()))
    }
}

/// The URL in lettre's own words for TLS.
fn lettre_url(text: &str) -> Result<Url, BadSmtpUrl> {
    let mut url: Url = text.parse().map_err(|_ignored| BadSmtpUrl::NotAUrl)?;
    let host = url.host().ok_or(BadSmtpUrl::NotAUrl)?.to_owned();
    if !matches!(url.scheme(), "smtp" | "smtps") {
        return Err(BadSmtpUrl::NotAUrl);
    }
    let asked = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
    url.set_query(None);
    if url.scheme() == "smtps" {
        return Ok(url);
    }
    let here = is_this_machine(&host);
    match asked.as_deref() {
        Some("starttls") => url.set_query(Some("tls=required")),
        None if !here => url.set_query(Some("tls=required")),
        Some("opportunistic") => url.set_query(Some("tls=opportunistic")),
        None | Some("none") => {}
        Some(other) => return Err(BadSmtpUrl::BadTls(other.to_owned())),
    }
    let certain = url.query() == Some("tls=required");
    if url.password().is_some() && !certain && !here {
        return Err(BadSmtpUrl::PasswordInTheClear);
    }
    Ok(url)
}

/// `smtp` is no special scheme, so that the URL parser leaves addresses of hosts as names.
fn is_this_machine<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.as_ref();
            name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

impl Transport for Smtp {
    fn send<'a>(&'a self, mail: &'a Outgoing) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(async move {
            let message = message(mail)?;
            match self.0.send(message).await {
                Ok(_taken) => Ok(()),
                Err(refusal) if is_for_good(&refusal) => Err(TransportError::Refused(refusal.to_string())),
                Err(other) => Err(TransportError::Later(other.to_string())),
            }
        })
    }
}

fn is_for_good(refusal: &smtp::Error) -> bool {
    let says = std::error::Error::source(refusal).map(ToString::to_string).unwrap_or_default();
    let code = refusal.status().map(|code| code.to_string()).unwrap_or_default();
    refusal.is_permanent() && is_about_the_mailbox(&code, &says)
}

/// Only what is about the reader's mailbox is for good. A server that does not let us in, relay for us or trust us
/// (RFC 4954: 530 to 538, RFC 3463: 5.7, 5.1.7 and 5.1.8) is a setting to mend, and the mails wait for that.
fn is_about_the_mailbox(code: &str, says: &str) -> bool {
    let enhanced = says.split_whitespace().next().filter(|word| word.starts_with("5.")).unwrap_or_default();
    match enhanced.get(..4) {
        _ if matches!(enhanced, "5.1.7" | "5.1.8") => false,
        Some("5.1." | "5.2.") => true,
        Some("5.7.") => false,
        _ => matches!(code, "550" | "551" | "552" | "553"),
    }
}

fn message(mail: &Outgoing) -> Result<Message, TransportError> {
    let unsendable = |cause: &dyn std::error::Error| TransportError::Refused(cause.to_string());
    // RFC 3834: answering machines stay silent.
    let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
    let mut message = Message::builder();
    if let Some(reply_to) = &mail.reply_to {
        message = message.reply_to(reply_to.mailbox().map_err(|e| unsendable(&e))?);
    }
    message
        .from(mail.from.mailbox().map_err(|e| unsendable(&e))?)
        .to(mail.to.mailbox().map_err(|e| unsendable(&e))?)
        .subject(mail.body.subject.clone())
        .date(SystemTime::UNIX_EPOCH + mail.date.since(Instant::EPOCH))
        .message_id(Some(mail.message_id.clone()))
        .raw_header(automatic)
        .multipart(MultiPart::alternative_plain_html(mail.body.text.clone(), mail.body.html.clone()))
        .map_err(|e| unsendable(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_the_mailbox_is_for_good() {
        for (code, says) in [("550", "5.1.1 no such user"), ("552", "5.2.2 mailbox full"), ("550", "no such user")] {
            assert!(is_about_the_mailbox(code, says), "{code} {says}");
        }
        for (code, says) in [
            ("554", "no SMTP service here"),
            ("550", "5.7.1 relaying denied"),
            ("553", "5.1.8 sender unknown"),
            ("535", "5.7.8 bad credentials"),
            ("530", "log in first"),
            ("501", "5.5.4 bad argument"),
        ] {
            assert!(!is_about_the_mailbox(code, says), "{code} {says}");
        }
    }

    #[test]
    fn addresses_of_servers_are_read() {
        let read = |text| lettre_url(text).map(String::from);
        assert_eq!(read("smtp://u:p@mail.example.com:587").unwrap(), "smtp://u:p@mail.example.com:587?tls=required");
        assert_eq!(
            read("smtp://u:p@mail.example.com?tls=starttls").unwrap(),
            "smtp://u:p@mail.example.com?tls=required"
        );
        assert_eq!(read("smtps://u:p%40@mail.example.com").unwrap(), "smtps://u:p%40@mail.example.com");
        assert_eq!(read("smtp://127.0.0.1:1025").unwrap(), "smtp://127.0.0.1:1025");
        assert_eq!(read("smtp://u:p@[::1]:1025?tls=none").unwrap(), "smtp://u:p@[::1]:1025");
        assert_eq!(read("smtp://u:p@mail.example.com?tls=none"), Err(BadSmtpUrl::PasswordInTheClear));
        assert_eq!(read("smtp://u:p@mail.example.com?tls=opportunistic"), Err(BadSmtpUrl::PasswordInTheClear));
        assert_eq!(read("smtp://mail.example.com?tls=maybe"), Err(BadSmtpUrl::BadTls("maybe".into())));
        for text in ["mail.example.com:25", "https://mail.example.com", "smtp:", ""] {
            assert_eq!(read(text), Err(BadSmtpUrl::NotAUrl), "{text}");
        }
    }
}
