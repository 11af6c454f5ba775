//! AMF0 with limits: 16 levels deep, and never more values than bytes.

use bytes::{Buf, BufMut, Bytes, BytesMut};

const DEPTH_AT_MOST: u32 = 16;

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    Boolean(bool),
    Text(String),
    Object(Vec<(String, Value)>),
    Array(Vec<Value>),
    /// Null, undefined, unsupported.
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmfError {
    #[error("a value ends early")]
    Truncated,
    #[error("values lie more than 16 levels deep")]
    TooDeep,
    #[error("the type {0} is not known")]
    UnknownType(u8),
}

impl Value {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A member of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            _ => None,
        }
    }
}

/// Reads every value of a message.
pub fn read_all(mut bytes: Bytes) -> Result<Vec<Value>, AmfError> {
    let mut values = Vec::new();
    while bytes.has_remaining() {
        values.push(read(&mut bytes, 0)?);
    }
    Ok(values)
}

fn read(bytes: &mut Bytes, depth: u32) -> Result<Value, AmfError> {
    if depth > DEPTH_AT_MOST {
        return Err(AmfError::TooDeep);
    }
    match take_u8(bytes)? {
        0 => Ok(Value::Number(bytes.try_get_f64().map_err(|_short| AmfError::Truncated)?)),
        1 => Ok(Value::Boolean(take_u8(bytes)? != 0)),
        2 => read_text(bytes).map(Value::Text),
        3 => read_members(bytes, depth),
        5 | 6 | 13 => Ok(Value::Null),
        8 => {
            take_u32(bytes)?; // a count that senders get wrong; the end marker decides
            read_members(bytes, depth)
        }
        10 => read_array(bytes, depth),
        11 => {
            let number = bytes.try_get_f64().map_err(|_short| AmfError::Truncated)?;
            bytes.try_get_i16().map_err(|_short| AmfError::Truncated)?;
            Ok(Value::Number(number))
        }
        12 | 15 => {
            let size = take_u32(bytes)? as usize;
            take_text(bytes, size).map(Value::Text)
        }
        16 => {
            read_text(bytes)?;
            read_members(bytes, depth)
        }
        other => Err(AmfError::UnknownType(other)),
    }
}

/// Ends at `00 00 09`; some senders leave the end out at the end of the message.
fn read_members(bytes: &mut Bytes, depth: u32) -> Result<Value, AmfError> {
    let mut members = Vec::new();
    while bytes.has_remaining() {
        if bytes.starts_with(&[0, 0, 9]) {
            bytes.advance(3);
            break;
        }
        let name = read_text(bytes)?;
        members.push((name, read(bytes, depth + 1)?));
    }
    Ok(Value::Object(members))
}

fn read_array(bytes: &mut Bytes, depth: u32) -> Result<Value, AmfError> {
    let count = take_u32(bytes)? as usize;
    if count > bytes.remaining() {
        return Err(AmfError::Truncated);
    }
    let mut values = Vec::new();
    for _ in 0..count {
        values.push(read(bytes, depth + 1)?);
    }
    Ok(Value::Array(values))
}

fn read_text(bytes: &mut Bytes) -> Result<String, AmfError> {
    let size = usize::from(bytes.try_get_u16().map_err(|_short| AmfError::Truncated)?);
    take_text(bytes, size)
}

fn take_text(bytes: &mut Bytes, size: usize) -> Result<String, AmfError> {
    if size > bytes.remaining() {
        return Err(AmfError::Truncated);
    }
    Ok(String::from_utf8_lossy(&bytes.split_to(size)).into_owned())
}

fn take_u8(bytes: &mut Bytes) -> Result<u8, AmfError> {
    bytes.try_get_u8().map_err(|_short| AmfError::Truncated)
}

fn take_u32(bytes: &mut Bytes) -> Result<u32, AmfError> {
    bytes.try_get_u32().map_err(|_short| AmfError::Truncated)
}

/// Writes values one after another.
pub fn write_all(values: &[Value]) -> Bytes {
    let mut bytes = BytesMut::new();
    for value in values {
        write(&mut bytes, value);
    }
    bytes.freeze()
}

fn write(bytes: &mut BytesMut, value: &Value) {
    match value {
        Value::Number(number) => {
            bytes.put_u8(0);
            bytes.put_f64(*number);
        }
        Value::Boolean(is_true) => {
            bytes.put_u8(1);
            bytes.put_u8(u8::from(*is_true));
        }
        Value::Text(text) if u16::try_from(text.len()).is_ok() => {
            bytes.put_u8(2);
            write_name(bytes, text);
        }
        Value::Text(text) => {
            bytes.put_u8(12);
            bytes.put_u32(u32::try_from(text.len()).unwrap_or(u32::MAX));
            bytes.put_slice(text.as_bytes());
        }
        Value::Object(members) => {
            bytes.put_u8(3);
            for (name, value) in members {
                write_name(bytes, name);
                write(bytes, value);
            }
            bytes.put_slice(&[0, 0, 9]);
        }
        Value::Array(values) => {
            bytes.put_u8(10);
            bytes.put_u32(u32::try_from(values.len()).unwrap_or(u32::MAX));
            for value in values {
                write(bytes, value);
            }
        }
        Value::Null => bytes.put_u8(5),
    }
}

/// Names are short; one that is not is cut at 65,535 bytes.
fn write_name(bytes: &mut BytesMut, name: &str) {
    let size = u16::try_from(name.len()).unwrap_or(u16::MAX);
    bytes.put_u16(size);
    bytes.put_slice(&name.as_bytes()[..usize::from(size)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_writing_and_reading() {
        let values = vec![
            Value::text("connect"),
            Value::Number(1.0),
            Value::Object(vec![
                ("app".to_owned(), Value::text("live")),
                ("list".to_owned(), Value::Array(vec![Value::Boolean(true), Value::Null])),
            ]),
            Value::text("x".repeat(70_000)),
        ];
        assert_eq!(read_all(write_all(&values)), Ok(values));
    }

    #[test]
    fn depth_ends_at_sixteen() {
        let nested = |depth: usize| {
            let mut bytes = Vec::new();
            for _ in 0..depth {
                bytes.extend_from_slice(&[10, 0, 0, 0, 1]);
            }
            bytes.push(5);
            Bytes::from(bytes)
        };
        assert!(read_all(nested(16)).is_ok());
        assert_eq!(read_all(nested(17)), Err(AmfError::TooDeep));
        assert_eq!(read_all(nested(10_000)), Err(AmfError::TooDeep));
    }

    #[test]
    fn a_count_larger_than_the_message_is_refused() {
        assert_eq!(read_all(Bytes::from_static(&[10, 255, 255, 255, 255])), Err(AmfError::Truncated));
        assert_eq!(read_all(Bytes::from_static(&[2, 255, 255, 1])), Err(AmfError::Truncated));
        assert_eq!(read_all(Bytes::from_static(&[17])), Err(AmfError::UnknownType(17)));
    }
}
