//! Delivery directives (RFC 8216bis 6.2.5).

/// What a player asks for besides the playlist itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Directives {
    pub msn: Option<u64>,
    pub part: Option<u32>,
    pub skip: bool,
}

/// The directives make no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the delivery directives make no sense")]
pub struct BadDirective;

impl Directives {
    /// Reads `_HLS_msn`, `_HLS_part` and `_HLS_skip` of a query string; other parameters are not ours.
    pub fn parse(query: &str) -> Result<Self, BadDirective> {
        let mut found = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "_HLS_msn" if found.msn.is_none() => found.msn = Some(number(value)?),
                "_HLS_part" if found.part.is_none() => found.part = Some(number(value)?),
                "_HLS_skip" if !found.skip && (value == "YES" || value == "v2") => found.skip = true,
                _ if name.starts_with("_HLS_msn") || name.starts_with("_HLS_part") || name.starts_with("_HLS_skip") => {
                    return Err(BadDirective);
                }
                _ => {}
            }
        }
        if found.part.is_some() && found.msn.is_none() {
            return Err(BadDirective);
        }
        Ok(found)
    }

    pub fn is_blocking(self) -> bool {
        self.msn.is_some()
    }
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, BadDirective> {
    // `parse` alone would take a sign.
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadDirective);
    }
    text.parse().ok().ok_or(BadDirective)
}
