//! How input is found and read.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use clap::{Args as Group, ValueEnum};
use doublon::Result;
use doublon::finding::{BadInput, InputOptions, PageText, PathSet, RecordMode, TextFields};
use encoding_rs::Encoding;

use super::value::{refused, size};

#[allow(clippy::struct_excessive_bools)] // each is a flag of its own
#[derive(Debug, Group)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Field of a JSON record, or column of a table, that holds its text
    ///
    /// In JSON, dots lead into nested objects (page.body) and through lists (messages[].content, or [0] for the first of
    /// them). Brackets choose by another member: messages[role=user].content, also [role=user|assistant] and
    /// [role!=system]. A text may be a list of strings. May be repeated: all texts of a record are one, with paragraph
    /// breaks between. With ? behind it, records may lack the field.
    ///
    /// Example: --text-field instruction --text-field 'input?' --text-field output
    #[arg(long, value_name = "FIELD", default_value = "text")]
    text_field: Vec<String>,
    /// Field of a JSON record, or column of a table, that holds its id
    ///
    /// The report then names it. Records may lack it. In JSON, dots lead into nested objects.
    ///
    /// Example: --id-field url
    #[arg(long, value_name = "FIELD", default_value = "id")]
    id_field: String,
    /// Key of the list of records in a .json object [default: the only one]
    ///
    /// Dots lead into nested objects. A file that is a list needs no key.
    ///
    /// Example: --records data for {"version": 1, "data": [{...}, {...}]}
    #[arg(long, value_name = "KEY")]
    records: Option<String>,
    /// Take the first row of a table for a record, not for names
    ///
    /// Columns are then named by their numbers, from 1 on.
    ///
    /// Example: --no-header --text-field 3 --id-field 1
    #[arg(long)]
    no_header: bool,
    /// Whether a plain text file is one document or one a line
    ///
    /// With `lines`, blank ones do not count.
    ///
    /// Example: --record lines for a file of sentences.
    #[arg(long, value_enum, value_name = "WHAT", default_value = "file")]
    record: RecordArg,
    /// Encoding of the text [default: told from the content]
    ///
    /// A label of the Encoding Standard, such as windows-1252, shift_jis or gb18030. Parquet has its own, and JSON is UTF-8
    /// or UTF-16. Without it, a byte order mark decides, then what a page declares, then the content; rows and lines are
    /// UTF-8.
    ///
    /// Example: --encoding windows-1251
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// What the text of a page is
    ///
    /// `visible` is all that a reader sees, `article` what seems to be its article, if there is one. Menus and footers
    /// are then not compared. A build without the feature `article` refuses it.
    ///
    /// Example: --html article
    #[arg(long, value_enum, value_name = "WHAT", default_value = "visible")]
    html: PageArg,
    /// Skip records larger than this
    ///
    /// A number of bytes, or with a unit: kB, MB, GB of 1000; KiB, MiB, GiB of 1024. It bounds the memory that one
    /// record can take. What is skipped is reported.
    ///
    /// Example: --max-record 16MiB
    #[arg(long, value_name = "SIZE", default_value = "256MiB")]
    max_record: String,
    /// Give up compressed files that unpack to more than N times their size
    ///
    /// It counts from 64 MiB on and keeps a few megabytes of equal records from becoming billions. The body of a page in a
    /// web archive is given up likewise, from 256 KiB on. 0 allows everything. What is given up is reported.
    ///
    /// Example: --max-ratio 0
    #[arg(long, value_name = "N", default_value_t = InputOptions::default().max_ratio)]
    max_ratio: u64,
    /// Read only files that match
    ///
    /// It concerns files in folders; a file that is named is always read. A pattern without a slash is matched against
    /// the name, one with a slash against the path below the folder. May be repeated.
    ///
    /// Example: --glob '*.txt' --glob 'news/**'
    #[arg(long, value_name = "PATTERN")]
    glob: Vec<String>,
    /// Leave out files and folders that match
    ///
    /// Patterns are as for --glob, and go before it. May be repeated.
    ///
    /// Example: --exclude drafts --exclude '*.html'
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,
    /// Follow links in folders
    ///
    /// A loop of links is noticed; a file with two names is read once.
    ///
    /// Example: --follow where a folder holds links to its files.
    #[arg(long)]
    follow: bool,
    /// Read hidden files in a work tree of Git
    ///
    /// In such a folder, files and folders whose names begin with a dot are left out, and counted. `.git` is never read.
    ///
    /// Example: --hidden for .github/
    #[arg(long)]
    hidden: bool,
    /// Read files that Git ignores
    ///
    /// In a work tree of Git, what .gitignore, .ignore, .git/info/exclude and the ignore file of the user name is left
    /// out, and counted. A file that is named itself is always read.
    ///
    /// Example: --no-ignore for build/ and other output.
    #[arg(long)]
    no_ignore: bool,
    /// What to do when a path is not there
    ///
    /// `fail` ends before any work, `skip` reads the others and ends with exit code 3.
    ///
    /// Example: --bad-input skip for a list of files that may have gone.
    #[arg(long, value_enum, value_name = "WHAT", default_value = "fail")]
    bad_input: BadInputArg,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RecordArg {
    File,
    Lines,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PageArg {
    Visible,
    Article,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum BadInputArg {
    Fail,
    Skip,
}

impl InputArgs {
    /// Returns how input is found and read.
    ///
    /// # Errors
    ///
    /// When a value is outside its range.
    pub fn options(&self) -> Result<InputOptions> {
        Ok(InputOptions {
            text_field: fields("text-field", &self.text_field)?,
            id_field: self.id_field.clone(),
            records: self.records.clone(),
            no_header: self.no_header,
            max_record: size("max-record", &self.max_record)?,
            max_ratio: self.max_ratio,
            follow: self.follow,
            hidden: self.hidden,
            no_ignore: self.no_ignore,
            listed: PathSet::default(),
            against: PathSet::default(),
            bad_input: match self.bad_input {
                BadInputArg::Fail => BadInput::Fail,
                BadInputArg::Skip => BadInput::Skip,
            },
            glob: self.glob.clone(),
            exclude: self.exclude.clone(),
            record: match self.record {
                RecordArg::File => RecordMode::File,
                RecordArg::Lines => RecordMode::Lines,
            },
            encoding: encoding(self.encoding.as_deref())?,
            page: self.page()?,
        })
    }

    fn page(&self) -> Result<PageText> {
        let is_article = self.html == PageArg::Article;
        if is_article && cfg!(not(feature = "article")) {
            return Err(refused("html", &"article", "`visible`: this build was made without the feature `article`"));
        }
        Ok(is_article.into())
    }
}

fn fields(name: &'static str, fields: &[String]) -> Result<TextFields> {
    if fields.iter().any(String::is_empty) {
        return Err(refused(name, &"empty", "the name of a field"));
    }
    TextFields::try_from(fields.to_vec()).map_err(|_| refused(name, &"empty", "the name of a field"))
}

fn encoding(label: Option<&str>) -> Result<Option<&'static Encoding>> {
    let known = |label: &str| Encoding::for_label(label.as_bytes()).ok_or_else(|| label.to_owned());
    let expected = "the name of an encoding, such as windows-1252 or shift_jis";
    label.map(known).transpose().map_err(|label| refused("encoding", &label, expected))
}
