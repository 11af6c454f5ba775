//! What the rows of an import mean. Pure: a sheet becomes rows to apply and findings that name each bad cell.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::RangeInclusive;

use kernel::text::clean_line;
use kernel::{Currency, Locale, Quantity, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::price::{MAX_QUANTITY, Prices, PricesError, Tier};
use crate::product::{Carton, MAX_CARTON, Spec, SpecError};
use crate::products::MAX_LEAD_TIME_DAYS;
use crate::sheet::Sheet;

/// Findings that are told; more say only how many.
pub const MAX_FINDINGS: usize = 500;

/// One row, ready to apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    pub row: u32,
    pub spec: Spec,
    pub prices: Prices,
    /// What of `spec` and `prices` stood in the sheet; the rest stays as it is in a product that is known.
    pub given: Given,
    pub lead_time_days: Option<i64>,
    /// Pieces on hand; `None` leaves the stock as it is.
    pub stock: Option<i64>,
}

/// Cells that have a default in a new product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    pub unit: bool,
    pub moq: Option<Quantity>,
    pub multiple: Option<Quantity>,
}

impl ImportRow {
    /// The prices of a known product after this row, which speaks of its own currency alone.
    pub fn prices_over(&self, old: &Prices) -> Result<Prices, PricesError> {
        let named = self.currencies();
        let kept = old.tiers().iter().filter(|tier| !named.contains(tier.unit_price.currency.code()));
        let tiers = self.prices.tiers().iter().chain(kept).copied().collect();
        let (moq, multiple) = (self.given.moq.unwrap_or(old.moq()), self.given.multiple.unwrap_or(old.multiple()));
        Prices::new(moq, multiple, tiers)
    }

    fn currencies(&self) -> BTreeSet<&'static str> {
        self.prices.tiers().iter().map(|tier| tier.unit_price.currency.code()).collect()
    }

    /// Takes the prices of another row of the same SKU, in another currency; `false` when that row says more, or
    /// something else.
    fn join(&mut self, other: &Self) -> bool {
        let (mine, theirs) = (&self.spec, &other.spec);
        let says_no_more = theirs.names.iter().all(|name| mine.names.iter().any(|known| known == name))
            && theirs.texts.iter().all(|text| mine.texts.iter().any(|known| known == text))
            && (!other.given.unit || mine.unit == theirs.unit)
            && (theirs.carton.is_none() || mine.carton == theirs.carton)
            && (theirs.origin.is_empty() || mine.origin == theirs.origin)
            && (other.lead_time_days.is_none() || self.lead_time_days == other.lead_time_days)
            && (other.stock.is_none() || self.stock == other.stock)
            && (other.given.moq.is_none() || self.given.moq == other.given.moq)
            && (other.given.multiple.is_none() || self.given.multiple == other.given.multiple);
        if !says_no_more || other.prices.tiers().is_empty() || !self.currencies().is_disjoint(&other.currencies()) {
            return false;
        }
        let tiers = self.prices.tiers().iter().chain(other.prices.tiers()).copied().collect();
        let Ok(prices) = Prices::new(self.prices.moq(), self.prices.multiple(), tiers) else { return false };
        self.prices = prices;
        true
    }
}

/// One bad cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ImportFinding)]
pub struct Finding {
    /// The row as the sheet numbers it.
    pub row: u32,
    pub column: String,
    pub value: String,
    /// `missing`, `unknown-column`, `not-a-number`, `bad-price`, `unknown-currency`, …
    pub reason: String,
}

/// What a sheet means.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Rows under the header.
    pub total: usize,
    /// Those without a finding.
    pub rows: Vec<ImportRow>,
    pub findings: Vec<Finding>,
    /// As what the letters of a CSV file were read.
    pub encoding: Option<&'static str>,
}

enum Column {
    Sku,
    Name(Locale),
    Text(Locale),
    Unit,
    Moq,
    Multiple,
    Currency,
    Price(usize),
    Min(usize),
    LeadTimeDays,
    CartonPieces,
    CartonLength,
    CartonWidth,
    CartonHeight,
    CartonGross,
    Origin,
    Stock,
}

const MAX_STEPS: usize = 9;

impl Column {
    fn of(name: &str) -> Option<Self> {
        let step = |digits: &str| digits.parse::<usize>().ok().filter(|n| (1..=MAX_STEPS).contains(n)).map(|n| n - 1);
        Some(match name {
            "sku" => Self::Sku,
            "unit" => Self::Unit,
            "moq" => Self::Moq,
            "multiple" => Self::Multiple,
            "currency" => Self::Currency,
            "lead_time_days" => Self::LeadTimeDays,
            "carton_pieces" => Self::CartonPieces,
            "carton_length_mm" => Self::CartonLength,
            "carton_width_mm" => Self::CartonWidth,
            "carton_height_mm" => Self::CartonHeight,
            "carton_gross_g" => Self::CartonGross,
            "origin" => Self::Origin,
            "stock" => Self::Stock,
            _ => {
                let (kind, rest) = name.split_once('_')?;
                match kind {
                    "name" => Self::Name(rest.parse().ok()?),
                    "text" => Self::Text(rest.parse().ok()?),
                    "price" => Self::Price(step(rest)?),
                    "min" => Self::Min(step(rest)?),
                    _ => return None,
                }
            }
        })
    }
}

/// A row while it is read.
struct Draft<'a> {
    row: u32,
    findings: &'a mut Vec<Finding>,
    bad: bool,
    spec: Spec,
    has_unit: bool,
    moq: Option<i64>,
    multiple: Option<i64>,
    currency: Option<Currency>,
    steps: [(Option<String>, Option<i64>); MAX_STEPS],
    carton: [Option<i64>; 5],
    lead_time_days: Option<i64>,
    stock: Option<i64>,
}

/// Reads what a sheet means.
pub fn parse(sheet: &Sheet) -> Parsed {
    let mut parsed = Parsed { total: sheet.rows.len(), encoding: sheet.encoding, ..Parsed::default() };
    let columns: Vec<Option<Column>> = sheet.header.iter().map(|name| Column::of(name)).collect();
    for (name, column) in sheet.header.iter().zip(&columns) {
        if column.is_none() && !name.is_empty() {
            parsed.findings.push(finding(1, name, name, "unknown-column"));
        }
    }
    let repeated: HashSet<&String> = sheet
        .header
        .iter()
        .enumerate()
        .filter(|(at, name)| sheet.header[..*at].contains(name))
        .map(|(_, n)| n)
        .collect();
    for name in repeated.into_iter().filter(|name| !name.is_empty()) {
        parsed.findings.push(finding(1, name, name, "column-twice"));
    }
    if !columns.iter().any(|column| matches!(column, Some(Column::Sku))) {
        parsed.findings.push(finding(1, "sku", "", "missing"));
        return parsed;
    }
    let mut skus: HashMap<String, usize> = HashMap::new();
    for (row, cells) in &sheet.rows {
        let mut draft = Draft::new(*row, &mut parsed.findings);
        for ((name, column), cell) in sheet.header.iter().zip(&columns).zip(cells) {
            if let Some(column) = column {
                draft.take(name, column, cell.trim());
            }
        }
        let Some(ready) = draft.finish() else { continue };
        match skus.get(&ready.spec.sku) {
            None => {
                skus.insert(ready.spec.sku.clone(), parsed.rows.len());
                parsed.rows.push(ready);
            }
            Some(at) if parsed.rows[*at].join(&ready) => {}
            Some(_) => parsed.findings.push(finding(*row, "sku", &ready.spec.sku, "sku-twice")),
        }
    }
    parsed
}

fn finding(row: u32, column: &str, value: &str, reason: &str) -> Finding {
    let value = clean_line(value).chars().take(80).collect();
    Finding { row, column: column.chars().take(80).collect(), value, reason: reason.to_owned() }
}

/// The column of a sheet whose cell is refused.
fn column_of(refused: &SpecError) -> String {
    match refused {
        SpecError::NameTooLong(locale) => format!("name_{locale}"),
        SpecError::TextTooLong(locale) => format!("text_{locale}"),
        SpecError::BadCarton => "carton_pieces".to_owned(),
        _ => refused.field().to_owned(),
    }
}

impl<'a> Draft<'a> {
    fn new(row: u32, findings: &'a mut Vec<Finding>) -> Self {
        Self {
            row,
            findings,
            bad: false,
            has_unit: false,
            spec: Spec::default(),
            moq: None,
            multiple: None,
            currency: None,
            steps: std::array::from_fn(|_| (None, None)),
            carton: [None; 5],
            lead_time_days: None,
            stock: None,
        }
    }

    fn refuse(&mut self, column: &str, value: &str, reason: &str) {
        self.bad = true;
        self.findings.push(finding(self.row, column, value, reason));
    }

    fn take(&mut self, name: &str, column: &Column, cell: &str) {
        if cell.is_empty() {
            return;
        }
        match column {
            Column::Sku => cell.clone_into(&mut self.spec.sku),
            Column::Name(locale) => self.spec.names.set(locale.clone(), cell.to_owned()),
            Column::Text(locale) => self.spec.texts.set(locale.clone(), cell.to_owned()),
            Column::Unit => {
                self.has_unit = true;
                cell.clone_into(&mut self.spec.unit);
            }
            Column::Origin => cell.clone_into(&mut self.spec.origin),
            Column::Moq => self.moq = self.number(name, cell, 1..=MAX_QUANTITY),
            Column::Multiple => self.multiple = self.number(name, cell, 1..=MAX_QUANTITY),
            Column::LeadTimeDays => self.lead_time_days = self.number(name, cell, 0..=MAX_LEAD_TIME_DAYS),
            Column::Stock => self.stock = self.number(name, cell, 0..=MAX_QUANTITY),
            Column::Price(step) => self.steps[*step].0 = Some(cell.to_owned()),
            Column::Min(step) => self.steps[*step].1 = self.number(name, cell, 1..=MAX_QUANTITY),
            Column::CartonPieces => self.carton[0] = self.number(name, cell, 1..=MAX_CARTON),
            Column::CartonLength => self.carton[1] = self.number(name, cell, 1..=MAX_CARTON),
            Column::CartonWidth => self.carton[2] = self.number(name, cell, 1..=MAX_CARTON),
            Column::CartonHeight => self.carton[3] = self.number(name, cell, 1..=MAX_CARTON),
            Column::CartonGross => self.carton[4] = self.number(name, cell, 1..=MAX_CARTON),
            Column::Currency => match cell.parse() {
                Ok(currency) => self.currency = Some(currency),
                Err(_) => self.refuse(name, cell, "unknown-currency"),
            },
        }
    }

    fn number(&mut self, column: &str, cell: &str, fits: RangeInclusive<i64>) -> Option<i64> {
        let Ok(number) = cell.parse::<i64>() else {
            self.refuse(column, cell, "not-a-whole-number");
            return None;
        };
        if !fits.contains(&number) {
            self.refuse(column, cell, if number < *fits.start() { "too-small" } else { "too-large" });
            return None;
        }
        Some(number)
    }

    fn finish(mut self) -> Option<ImportRow> {
        if self.spec.sku.is_empty() {
            self.refuse("sku", "", "missing");
        }
        self.finish_carton();
        let moq = self.moq.unwrap_or(1);
        let tiers = self.finish_tiers(moq);
        let prices = match Prices::new(Quantity(moq), Quantity(self.multiple.unwrap_or(1)), tiers) {
            Ok(prices) => Some(prices),
            Err(refused) => {
                self.refuse("price_1", &refused.to_string(), "bad-price");
                None
            }
        };
        match std::mem::take(&mut self.spec).checked() {
            Ok(spec) => self.spec = spec,
            Err(SpecError::BadSku) if self.bad => {}
            Err(refused) => self.refuse(&column_of(&refused), &refused.to_string(), "bad-value"),
        }
        if self.bad {
            return None;
        }
        let (spec, lead_time_days, stock) = (self.spec, self.lead_time_days, self.stock);
        let (moq, multiple) = (self.moq.map(Quantity), self.multiple.map(Quantity));
        let given = Given { unit: self.has_unit, moq, multiple };
        Some(ImportRow { row: self.row, spec, prices: prices?, given, lead_time_days, stock })
    }

    fn finish_carton(&mut self) {
        match self.carton {
            [None, None, None, None, None] => {}
            [Some(pieces), Some(length_mm), Some(width_mm), Some(height_mm), Some(gross_g)] => {
                self.spec.carton = Some(Carton { pieces, length_mm, width_mm, height_mm, gross_g });
            }
            _ if self.bad => {}
            _ => self.refuse("carton_pieces", "", "carton-incomplete"),
        }
    }

    fn finish_tiers(&mut self, moq: i64) -> Vec<Tier> {
        let mut tiers = Vec::new();
        for (at, (price, min)) in std::mem::take(&mut self.steps).into_iter().enumerate() {
            let column = format!("price_{}", at + 1);
            let Some(price) = price else {
                if min.is_some() {
                    self.refuse(&column, "", "missing");
                }
                continue;
            };
            let Some(currency) = self.currency else {
                if !self.bad {
                    self.refuse("currency", "", "missing");
                }
                continue;
            };
            // The first tier begins at the smallest order when the sheet does not say.
            let Some(min) = min.or((at == 0).then_some(moq)) else {
                self.refuse(&format!("min_{}", at + 1), "", "missing");
                continue;
            };
            match UnitPrice::parse(&price, currency) {
                Ok(unit_price) if unit_price.micro > 0 => tiers.push(Tier { min_quantity: Quantity(min), unit_price }),
                _ => self.refuse(&column, &price, "bad-price"),
            }
        }
        tiers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(csv: &str) -> Parsed {
        parse(&crate::sheet::read(csv.as_bytes()).unwrap())
    }

    const HEADER: &str = "sku,name_en,name_zh-CN,text_en,unit,moq,multiple,currency,price_1,min_1,price_2,min_2,\
        lead_time_days,carton_pieces,carton_length_mm,carton_width_mm,carton_height_mm,carton_gross_g,origin,stock";

    #[test]
    fn a_full_row_is_read() {
        let parsed = parsed(&format!(
            "{HEADER}\nLB-1,Bricks,积木,Text,set,24,12,USD,10.5,24,0.0875,480,15,24,520,380,410,14600,cn,960\n"
        ));
        assert_eq!(parsed.findings, []);
        let row = &parsed.rows[0];
        assert_eq!(row.spec.names.pick(&"zh-CN".parse().unwrap()), "积木");
        assert_eq!(row.prices.tiers()[1].unit_price.micro, 87_500);
        assert_eq!((row.stock, row.lead_time_days, row.spec.origin.as_str()), (Some(960), Some(15), "CN"));
        assert_eq!(row.spec.carton.map(|c| (c.pieces, c.gross_g)), Some((24, 14_600)));
    }

    #[test]
    fn each_bad_cell_is_named() {
        let csv = "sku,name_en,moq,currency,price_1,min_1,stock,colour\n\
            ,Nameless,1,USD,1,1,1,red\n\
            A,Ok,many,USD,1,1,1,\n\
            B,Ok,1,usd,1,1,1,\n\
            C,Ok,1,USD,1.2345678,1,-3,\n\
            D,Ok,1,USD,1,1,1,\n\
            D,Ok,1,USD,1,1,1,\n";
        let parsed = parsed(csv);
        let found: Vec<(u32, &str, &str, &str)> =
            parsed.findings.iter().map(|f| (f.row, f.column.as_str(), f.value.as_str(), f.reason.as_str())).collect();
        assert_eq!(
            found,
            [
                (1, "colour", "colour", "unknown-column"),
                (2, "sku", "", "missing"),
                (3, "moq", "many", "not-a-whole-number"),
                (4, "currency", "usd", "unknown-currency"),
                (5, "stock", "-3", "too-small"),
                (5, "price_1", "1.2345678", "bad-price"),
                (7, "sku", "D", "sku-twice"),
            ]
        );
        assert_eq!(parsed.rows.len(), 1);
    }

    #[test]
    fn a_sku_comes_again_with_prices_in_another_currency() {
        let parsed = parsed(
            "sku,name_en,currency,price_1,min_1,stock\n\
             A,Bricks,USD,10,24,5\n\
             A,Bricks,EUR,9,24,\n\
             A,Blocks,JPY,1500,24,\n\
             A,,USD,11,48,\n",
        );
        let tiers = parsed.rows[0].prices.tiers().iter().map(|tier| tier.unit_price.to_string());
        assert_eq!(tiers.collect::<Vec<_>>(), ["EUR 9.00", "USD 10.00"]);
        let twice: Vec<_> = parsed.findings.iter().map(|f| (f.row, f.reason.as_str())).collect();
        assert_eq!(twice, [(4, "sku-twice"), (5, "sku-twice")], "another name, and the same currency");
    }

    #[test]
    fn a_value_that_no_product_takes_is_found_before_it_is_applied() {
        let long = "x".repeat(201);
        let parsed = parsed(&format!(
            "sku,name_es,lead_time_days,carton_pieces,carton_length_mm,carton_width_mm,carton_height_mm,carton_gross_g\n\
             A,,3651,,,,,\nB,{long},,,,,,\nC,,,1,20000000,1,1,1\n"
        ));
        let found: Vec<_> = parsed.findings.iter().map(|f| (f.row, f.column.as_str(), f.reason.as_str())).collect();
        let expected =
            [(2, "lead_time_days", "too-large"), (3, "name_es", "bad-value"), (4, "carton_length_mm", "too-large")];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_sheet_without_skus_means_nothing() {
        assert_eq!(parsed("name_en\nBricks\n").findings[0].reason, "missing");
    }

    #[test]
    fn a_half_filled_carton_is_named() {
        let parsed = parsed("sku,carton_pieces,carton_gross_g\nA,24,\n");
        assert_eq!(parsed.findings[0].reason, "carton-incomplete");
    }
}
