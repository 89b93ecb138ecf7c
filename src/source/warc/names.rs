//! What the headers of a record say, by the names that people give to their fields.

use super::archive::{HeadForm, RecordHead};
use super::http;

/// What is known of a record beside its text.
pub(super) struct RecordFields<'r> {
    pub head: &'r RecordHead<'r>,
    /// The block of the record, which begins with an HTTP header if there is one.
    pub block: &'r [u8],
    /// The title of a page.
    pub title: Option<&'r str>,
}

impl RecordFields<'_> {
    /// Returns the value of a field, if it is there and not empty: `url`, `date` and `title`, also as `warc.url` and so on;
    /// `warc.NAME` for the field `WARC-NAME` or `NAME` of the record's header; `http.status`, a number, and `http.NAME` for a
    /// field of the HTTP header; and each field of the record's header by its full name. Case does not matter.
    pub fn get(&self, name: &str) -> Option<String> {
        let lower = name.to_ascii_lowercase();
        let value = match lower.strip_prefix("http.") {
            Some(field) => self.of_response(field),
            None => self.of_record(lower.strip_prefix("warc.").unwrap_or(&lower)),
        };
        value.map(|value| bare(value.trim()).to_owned()).filter(|value| !value.is_empty())
    }

    fn of_response(&self, field: &str) -> Option<String> {
        let (status, fields) = http::head(self.block)?;
        if field == "status" { Some(status.to_string()) } else { fields.text(field) }
    }

    fn of_record(&self, field: &str) -> Option<String> {
        match field {
            "url" => self.head.url(),
            "date" => self.head.date(),
            "title" => self.title.map(str::to_owned),
            _ => match &self.head.form {
                HeadForm::Warc(_, fields) => fields.text(&format!("WARC-{field}")).or_else(|| fields.text(field)),
                HeadForm::Arc(_) => None,
            },
        }
    }
}

impl RecordHead<'_> {
    /// Returns the address that the record is of.
    pub fn url(&self) -> Option<String> {
        match &self.form {
            HeadForm::Warc(_, fields) => fields.text("WARC-Target-URI").map(|url| bare(&url).to_owned()),
            HeadForm::Arc(line) => Some(String::from_utf8_lossy(line.url).into_owned()),
        }
    }

    /// Returns when the record was captured, by ISO 8601.
    pub fn date(&self) -> Option<String> {
        match &self.form {
            HeadForm::Warc(_, fields) => fields.text("WARC-Date"),
            HeadForm::Arc(line) => written_out(std::str::from_utf8(line.date).ok()?),
        }
    }

    /// Returns the id of the record, or what it is of if it has none.
    pub fn id(&self) -> Option<String> {
        let id = match &self.form {
            HeadForm::Arc(_) => None,
            HeadForm::Warc(_, fields) => fields.text("WARC-Record-ID").map(|id| bare(&id).to_owned()),
        };
        id.or_else(|| self.url()).filter(|id| !id.is_empty())
    }
}

/// Returns a value without the angle brackets that WARC 1.0 puts around some.
fn bare(value: &str) -> &str {
    value.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(value)
}

/// Writes out a date of ARC: `20200102030405` as `2020-01-02T03:04:05Z`. It may lack its seconds, or have more digits.
fn written_out(digits: &str) -> Option<String> {
    let part = |from: usize, to: usize| digits.get(from..to);
    let (date, time) = ((part(0, 4)?, part(4, 6)?, part(6, 8)?), (part(8, 10)?, part(10, 12)?));
    let seconds = part(12, 14).unwrap_or("00");
    Some(format!("{}-{}-{}T{}:{}:{seconds}Z", date.0, date.1, date.2, time.0, time.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WARC: &[u8] = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n\
        WARC-Target-URI: <http://a.example/>\r\nWARC-Date: 2025-01-01T00:00:00Z\r\nContent-Type: application/http\r\n\
        Content-Length: 9\r\n\r\n";

    fn value(head: &[u8], block: &[u8], name: &str) -> Option<String> {
        let head = RecordHead::of(head).unwrap_or_else(|fault| panic!("{}", fault.detail));
        RecordFields { head: &head, block, title: Some("Home") }.get(name)
    }

    #[test]
    fn fields_are_found_by_the_names_that_people_give() {
        let block = b"HTTP/1.1 403 Forbidden\r\nLast-Modified: Tue\r\nEmpty:\r\n\r\nbody: no field";
        for (name, expected) in [
            ("warc.url", Some("http://a.example/")),
            ("url", Some("http://a.example/")),
            ("WARC-Target-URI", Some("http://a.example/")),
            ("warc.date", Some("2025-01-01T00:00:00Z")),
            ("WARC-Date", Some("2025-01-01T00:00:00Z")),
            ("warc.type", Some("response")),
            ("content-type", Some("application/http")),
            ("title", Some("Home")),
            ("http.status", Some("403")),
            ("HTTP.Last-Modified", Some("Tue")),
            ("http.empty", None),
            ("http.body", None),
            ("warc.ip-address", None),
            ("", None),
        ] {
            assert_eq!(value(WARC, block, name).as_deref(), expected, "{name}");
        }
        assert_eq!(value(WARC, b"no response", "http.status"), None);
        assert_eq!(value(WARC, b"HTTP/1.1 200", "http.status").as_deref(), Some("200"));
    }

    #[test]
    fn records_of_arc_have_an_address_and_a_date() {
        let head = b"http://a.example/ 192.0.2.1 20200102030405 text/html 9\n";
        assert_eq!(value(head, b"", "warc.url").as_deref(), Some("http://a.example/"));
        assert_eq!(value(head, b"", "date").as_deref(), Some("2020-01-02T03:04:05Z"));
        assert_eq!(written_out("202001020304").as_deref(), Some("2020-01-02T03:04:00Z"));
        assert_eq!(value(head, b"", "warc.type"), None);
    }
}
