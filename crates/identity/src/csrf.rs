//! Requests that other sites forge: a browser sends our cookies along, and says where the page came from.

use axum::http::{HeaderMap, Method, Uri, header};

/// What is known of a request before anyone looks at who sends it.
pub struct Request<'a> {
    pub method: &'a Method,
    pub uri: &'a Uri,
    pub headers: &'a HeaderMap,
    /// Whether a cookie of ours came along.
    pub has_cookie: bool,
    /// Whether an `Authorization` header came along, which no other site can make a browser send unasked.
    pub has_bearer: bool,
}

/// Whether the request may have been forged by another site's page.
///
/// With a cookie of ours, proof of the contrary is asked for (`Sec-Fetch-Site`, or an `Origin` that is our own);
/// without one, only evidence counts, so that programs need no headers and no page logs its visitors in here.
pub fn may_be_forged(request: &Request<'_>, origins: &[String]) -> bool {
    if !changes_something(request) {
        return false;
    }
    let header = |name| request.headers.get(name).and_then(|value| value.to_str().ok());
    let (site, origin) = (header("sec-fetch-site"), header("origin"));
    let ours =
        matches!(site, Some("same-origin" | "none")) || origin.is_some_and(|origin| is_ours(origin, request, origins));
    if request.has_cookie {
        return !ours;
    }
    let tells = site.is_some() || origin.is_some();
    !request.has_bearer && tells && !ours
}

/// A WebSocket begins by a GET and is then a door for writing.
fn changes_something(request: &Request<'_>) -> bool {
    let safe = matches!(*request.method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
    !safe || request.headers.contains_key(header::UPGRADE)
}

fn is_ours(origin: &str, request: &Request<'_>, origins: &[String]) -> bool {
    if origins.iter().any(|known| known.eq_ignore_ascii_case(origin)) {
        return true;
    }
    // A browser that says where the page came from knows better than a host name, which HTTP and HTTPS share. Of
    // sockets browsers say different things: `ws` is another scheme.
    if request.headers.contains_key("sec-fetch-site") && !request.headers.contains_key(header::UPGRADE) {
        return false;
    }
    let host = request.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri.authority().map(axum::http::uri::Authority::as_str));
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let default_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return false,
    };
    host.is_some_and(|host| host.strip_suffix(default_port).unwrap_or(host).eq_ignore_ascii_case(authority))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forged(method: &Method, has_cookie: bool, has_bearer: bool, sent: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "fair.example".parse().unwrap());
        for (name, value) in sent {
            headers.insert(*name, value.parse().unwrap());
        }
        let request = Request { method, uri: &Uri::from_static("/"), headers: &headers, has_cookie, has_bearer };
        may_be_forged(&request, &["https://www.fair.example".to_owned()])
    }

    #[test]
    fn with_a_cookie_the_page_must_be_ours() {
        let post = |sent: &[(&'static str, &str)]| forged(&Method::POST, true, false, sent);
        assert!(!post(&[("sec-fetch-site", "same-origin")]));
        assert!(!post(&[("sec-fetch-site", "none")]));
        assert!(!post(&[("origin", "https://fair.example")]));
        assert!(!post(&[("origin", "https://www.fair.example"), ("sec-fetch-site", "same-site")]));
        assert!(post(&[("sec-fetch-site", "cross-site")]));
        assert!(post(&[("sec-fetch-site", "same-site")]));
        assert!(post(&[("origin", "https://evil.example")]));
        assert!(post(&[("origin", "https://fair.example.evil.example")]));
        assert!(post(&[("origin", "http://fair.example"), ("sec-fetch-site", "cross-site")]));
        assert!(post(&[("origin", "null")]));
        assert!(post(&[]));
        assert!(forged(&Method::POST, true, true, &[]));
    }

    #[test]
    fn without_a_cookie_only_evidence_counts() {
        assert!(!forged(&Method::POST, false, false, &[]));
        assert!(forged(&Method::POST, false, false, &[("origin", "https://evil.example")]));
        assert!(!forged(&Method::POST, false, true, &[("origin", "https://shop.example")]));
    }

    #[test]
    fn reading_is_free_but_a_web_socket_is_not_reading() {
        let elsewhere = ("origin", "https://evil.example");
        assert!(!forged(&Method::GET, true, false, &[elsewhere]));
        assert!(forged(&Method::GET, true, false, &[elsewhere, ("upgrade", "websocket")]));
        let own = [("origin", "http://fair.example"), ("sec-fetch-site", "cross-site"), ("upgrade", "websocket")];
        assert!(!forged(&Method::GET, true, false, &own));
    }
}
