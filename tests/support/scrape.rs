//! Metrics as they are scraped.

use std::collections::BTreeMap;

/// One scrape of `/metrics`.
pub struct Scraped {
    pub text: String,
    rows: Vec<(String, BTreeMap<String, String>, f64)>,
}

/// A port of loopback that nobody has at the moment.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

impl Scraped {
    pub async fn from(url: &str) -> Scraped {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = http.get(url).send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(answer.status().is_success() && kind.starts_with("application/openmetrics-text"), "{kind}");
        let text = answer.text().await.unwrap();
        assert!(text.ends_with("# EOF\n"), "it is whole");
        let rows = text.lines().filter(|line| !line.starts_with('#')).map(row).collect();
        Scraped { text, rows }
    }

    /// The sum of all samples of a name that bear these labels; 0 where there is none.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let bears = |has: &BTreeMap<String, String>| {
            labels.iter().all(|(label, value)| has.get(*label).is_some_and(|found| found == value))
        };
        let ours = self.rows.iter().filter(|(named, has, _)| named == name && bears(has));
        // nothing at all sums to a negative zero, which would be printed so
        ours.map(|(_, _, value)| value).sum::<f64>() + 0.0
    }
}

/// `name{a="b",c="d"} 1.5`; no value of ours holds a quotation mark or a comma.
fn row(line: &str) -> (String, BTreeMap<String, String>, f64) {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let pairs = labels.trim_end_matches('}').split(',').filter(|pair| !pair.is_empty());
    let labels = pairs.map(|pair| {
        let (label, value) = pair.split_once('=').unwrap();
        (label.to_owned(), value.trim_matches('"').to_owned())
    });
    (name.to_owned(), labels.collect(), value.parse().unwrap())
}
