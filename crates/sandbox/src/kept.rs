//! A value that remembers its own JSON, so that writing the state costs a copy of bytes and not a new serialisation of
//! every document that ever was.

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

#[derive(Clone)]
pub(crate) struct Kept<T> {
    value: T,
    json: Option<Box<RawValue>>,
}

impl<T: Serialize> Kept<T> {
    pub fn new(value: T) -> Self {
        let json = serde_json::value::to_raw_value(&value).ok();
        Self { value, json }
    }

    /// Changes the value and refreshes its JSON.
    pub fn change<R>(&mut self, change: impl FnOnce(&mut T) -> R) -> R {
        let answer = change(&mut self.value);
        self.json = serde_json::value::to_raw_value(&self.value).ok();
        answer
    }
}

impl<T> std::ops::Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.json {
            Some(json) => json.serialize(to),
            None => Err(S::Error::custom("a record could not be written as JSON")),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(from)?;
        let value = serde_json::from_str(json.get()).map_err(D::Error::custom)?;
        Ok(Self { value, json: Some(json) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_value_is_written_as_it_is_now() {
        let mut kept = Kept::new(vec![1, 2]);
        kept.change(|numbers| numbers.push(3));
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(text, "[1,2,3]");
        let back: Kept<Vec<i32>> = serde_json::from_str(&text).unwrap();
        assert_eq!(*back, vec![1, 2, 3]);
    }
}
