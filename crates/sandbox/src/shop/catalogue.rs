//! What the shop sells and who buys there. Names are made up; tax ids get their check digit by computing it.

/// Gross price in bani; the VAT rate is 21 for ceramics and 11 for books.
#[derive(Clone, Copy)]
pub(super) struct Product {
    pub id: u32,
    pub sku: &'static str,
    pub name: &'static str,
    pub price_minor: i64,
    pub rate_percent: i64,
}

const fn product(id: u32, sku: &'static str, name: &'static str, price_minor: i64, rate_percent: i64) -> Product {
    Product { id, sku, name, price_minor, rate_percent }
}

pub(super) const PRODUCTS: [Product; 18] = [
    product(87, "CANA-01", "Cană ceramică «Bujor», 350 ml", 4990, 21),
    product(88, "CANA-02", "Cană smălțuită, albastru de Voroneț", 5400, 21),
    product(89, "CANA-03", "Cănuță pentru espresso din lut ars", 2990, 21),
    product(90, "FARF-01", "Farfurie întinsă pictată manual, 26 cm", 7900, 21),
    product(91, "FARF-02", "Farfurie adâncă de Horezu", 8550, 21),
    product(92, "BOL-01", "Bol pentru supă, glazură verde", 4200, 21),
    product(93, "VAZA-01", "Vază înaltă din gresie ceramică", 18900, 21),
    product(94, "ULC-01", "Ulcior tradițional de Marginea", 11990, 21),
    product(95, "SET-06", "Set 6 căni «Țesături din Maramureș»", 27900, 21),
    product(96, "CEAI-01", "Ceainic cu infuzor, 1 l", 14999, 21),
    product(97, "SUP-04", "Suport de lingură, ceramică", 2450, 21),
    product(98, "GHIV-01", "Ghiveci rotund cu farfurioară", 3875, 21),
    product(99, "ATEL-02", "Atelier de olărit, 2 ore", 18000, 21),
    product(110, "CARTE-11", "Carte „Ceramica de Cucuteni”, ediție ilustrată", 9500, 11),
    product(111, "CARTE-12", "Carte „Olăritul pas cu pas”", 4500, 11),
    product(112, "CARTE-13", "Carte „Povești la gura sobei”", 3290, 11),
    product(113, "CARTE-14", "Carte „Manual de glazuri și arderi”", 12000, 11),
    product(114, "CARTE-15", "Carte de colorat „Motive țesute”", 1999, 11),
];

/// Where somebody lives, spelt as people spell it.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub street: &'static str,
    pub city: &'static str,
    pub state: &'static str,
    pub postcode: &'static str,
}

const fn place(street: &'static str, city: &'static str, state: &'static str, postcode: &'static str) -> Place {
    Place { street, city, state, postcode }
}

pub(super) struct Person {
    pub first: &'static str,
    pub last: &'static str,
    pub place: Place,
}

const fn person(first: &'static str, last: &'static str, place: Place) -> Person {
    Person { first, last, place }
}

pub(super) const PERSONS: [Person; 22] = [
    person("Ana", "Ionescu", place("Str. Lalelelor nr. 12, bl. B2, ap. 8", "Sector 3", "B", "031234")),
    person("Ștefan", "Pârvulescu", place("Bd. Eroilor nr. 4", "Cluj-Napoca", "CJ", "400129")),
    person("Ioana", "Țăranu", place("Str. Mărășești nr. 21", "Timișoara", "TM", "300080")),
    person("Gheorghe", "Mureșan", place("Str. Principală nr. 145", "Săliște", "SB", "557225")),
    person("Mălina", "Stănciulescu", place("Aleea Teilor nr. 3, sc. A, ap. 11", "S3", "B", "032451")),
    person("Răzvan", "Dănilă", place("Str. Păcurari nr. 88", "Iași", "IS", "700515")),
    person("Cătălina", "Vasilescu-Pop", place("Calea Victoriei nr. 101, et. 2", "sector 1", "B", "010067")),
    person("Andrei", "Bălan", place("Str. Republicii nr. 15", "Brașov", "BV", "500030")),
    person("Elena", "Dumitrașcu", place("Str. Cuza Vodă nr. 7", "București", "B", "")),
    person("Mihai", "Crăciun", place("Str. Traian nr. 33", "Galați", "GL", "800108")),
    person("Anna", "Müller", place("Torstraße 12", "Berlin", "", "10119")),
    person("Sorina", "Neagoe", place("Bd. Timișoara nr. 58, bl. 7, ap. 40", "București, Sector 6", "B", "061331")),
    person("Vlad", "Hîncu", place("Str. Ștefan cel Mare nr. 2", "Suceava", "SV", "720003")),
    person("Ruxandra", "Șerbănescu", place("Str. Morii nr. 19", "Râmnicu Vâlcea", "VL", "240070")),
    person("Dănuț", "Oprișan", place("Str. Fabricii nr. 5", "Oradea", "BH", "410100")),
    person("Iulia", "Gărdescu", place("Șos. Olteniței nr. 210, ap. 6", "Bucuresti sector 4", "B", "041312")),
    person("Petru", "Zăvoianu", place("Str. Unirii nr. 61", "Craiova", "DJ", "200330")),
    person("Bianca", "Țurcanu", place("Str. Libertății nr. 9", "Constanța", "CT", "900178")),
    person("Laurențiu", "Fîrțală", place("Str. Gării nr. 1", "Pitești", "AG", "110123")),
    person("Oana", "Brânzei", place("Str. Nicolae Bălcescu nr. 40", "Sector 2", "B", "020555")),
    person("Cristina", "Șuță", place("Str. Horea nr. 17", "Alba Iulia", "AB", "510111")),
    person("Tudor", "Mănăilă", place("Str. Florilor nr. 28", "Otopeni", "IF", "075100")),
];

pub(super) struct Company {
    pub name: &'static str,
    /// The tax id without its last digit.
    pub cui_body: u32,
    pub vat_payer: bool,
    pub register: &'static str,
    pub contact: (&'static str, &'static str),
    pub place: Place,
}

const fn company(
    name: &'static str,
    cui_body: u32,
    vat_payer: bool,
    register: &'static str,
    contact: (&'static str, &'static str),
    place: Place,
) -> Company {
    Company { name, cui_body, vat_payer, register, contact, place }
}

pub(super) const COMPANIES: [Company; 18] = [
    company(
        "CAFENEAUA DIN COLȚ SRL",
        3_871_204,
        true,
        "J40/8812/2017",
        ("Matei", "Olaru"),
        place("Str. Lipscani nr. 18", "Sector 3", "B", "030031"),
    ),
    company(
        "LIBRĂRIA VECHE SRL",
        1_522_907,
        true,
        "J12/1204/2003",
        ("Irina", "Szabo"),
        place("Piața Unirii nr. 9", "Cluj-Napoca", "CJ", "400015"),
    ),
    company(
        "PENSIUNEA CASA BUNICII SRL",
        2_904_418,
        false,
        "J08/311/2011",
        ("Dorel", "Cîmpean"),
        place("Str. Cetății nr. 44", "Bran", "BV", "507025"),
    ),
    company(
        "ATELIERUL DE IDEI SRL",
        4_401_733,
        true,
        "J35/2290/2021",
        ("Simona", "Iovan"),
        place("Str. Take Ionescu nr. 46", "Timișoara", "TM", "300124"),
    ),
    company(
        "CEAI & POVEȘTI SRL",
        3_318_056,
        true,
        "J40/10455/2014",
        ("Alexandru", "Ghiță"),
        place("Str. Doamnei nr. 27", "S3", "B", "030055"),
    ),
    company(
        "RESTAURANT LA VATRĂ SRL",
        1_877_342,
        true,
        "J22/640/2006",
        ("Nicoleta", "Agache"),
        place("Bd. Ștefan cel Mare nr. 8", "Iași", "IS", "700064"),
    ),
    company(
        "FLORĂRIA MĂCIEȘ SRL",
        4_055_190,
        false,
        "J13/1777/2018",
        ("Camelia", "Rusu"),
        place("Bd. Tomis nr. 143", "Constanța", "CT", "900591"),
    ),
    company(
        "STUDIO GRAFIC ȚINTĂ SRL",
        3_690_871,
        true,
        "J40/6120/2016",
        ("Horia", "Manolescu"),
        place("Str. Popa Nan nr. 82", "sector 2", "B", "024078"),
    ),
    company(
        "HOTEL BELVEDERE SINAIA SA",
        884_215,
        true,
        "J29/118/1998",
        ("Gabriela", "Enache"),
        place("Bd. Carol I nr. 37", "Sinaia", "PH", "106100"),
    ),
    company(
        "CRAMA DEALUL LUNG SRL",
        2_540_698,
        true,
        "J39/402/2009",
        ("Valentin", "Pascu"),
        place("Str. Viilor nr. 3", "Panciu", "VN", "625400"),
    ),
    company(
        "ȘCOALA DE OLĂRIT HOREZU SRL",
        4_618_250,
        false,
        "J38/95/2022",
        ("Sofia", "Vicșoreanu"),
        place("Str. Olarilor nr. 10", "Horezu", "VL", "245800"),
    ),
    company(
        "CADOURI CU SUFLET SRL",
        4_230_087,
        true,
        "J32/1560/2020",
        ("Raluca", "Bratu"),
        place("Str. Avram Iancu nr. 22", "Sibiu", "SB", "550182"),
    ),
    company(
        "BIROUL DE ARHITECTURĂ ARC SRL",
        2_119_873,
        true,
        "J40/3345/2008",
        ("Radu", "Stoian"),
        place("Str. Batiștei nr. 14, et. 3", "București", "B", "020938"),
    ),
    company(
        "COFETĂRIA ZĂHĂREL SRL",
        3_555_402,
        true,
        "J05/998/2015",
        ("Melinda", "Kovács"),
        place("Calea Republicii nr. 5", "Oradea", "BH", "410025"),
    ),
    company(
        "EDITURA FOAIE VERDE SRL",
        1_968_840,
        true,
        "J40/7001/2007",
        ("Teodora", "Lungu"),
        place("Str. Știrbei Vodă nr. 95", "Sector 1", "B", "010106"),
    ),
    company(
        "MUZEUL SATULUI MIC SRL",
        3_047_761,
        true,
        "J24/233/2012",
        ("Vasile", "Bârlea"),
        place("Str. Mihai Viteazu nr. 70", "Sighetu Marmației", "MM", "435500"),
    ),
    company(
        "AGENȚIA DE TURISM POTECA SRL",
        2_786_319,
        true,
        "J17/845/2010",
        ("Monica", "Țigănuș"),
        place("Str. Domnească nr. 66", "Galați", "GL", "800215"),
    ),
    company(
        "GRĂDINA URBANĂ SRL",
        4_512_668,
        true,
        "J23/4011/2021",
        ("Emil", "Frunză"),
        place("Str. Câmpului nr. 12", "Voluntari", "IF", "077190"),
    ),
];

/// The check digit of a Romanian tax id: the rest on nine places, times 7 5 3 2 1 7 5 3 2, times ten, modulo eleven.
pub(super) fn with_check_digit(body: u32) -> String {
    const WEIGHTS: [u32; 9] = [7, 5, 3, 2, 1, 7, 5, 3, 2];
    let digits = format!("{body:09}");
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = sum * 10 % 11 % 10;
    format!("{body}{check}")
}

/// A Romanian account number with right check digits.
pub(super) fn iban(bank: &str, account: u64) -> String {
    let rest = format!("{bank}{account:016}");
    let moved = format!("{rest}RO00");
    let remainder = moved.bytes().fold(0_u64, |rest, letter| {
        let value = u64::from(char::from(letter).to_digit(36).unwrap_or_default());
        if value > 9 { (rest * 100 + value) % 97 } else { (rest * 10 + value) % 97 }
    });
    format!("RO{:02}{rest}", 98 - remainder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_known_ids() {
        for id in ["14399840", "18547290", "14837428", "37311090", "13548146", "361757", "12345674"] {
            let body = id[..id.len() - 1].parse().unwrap();
            assert_eq!(with_check_digit(body), id);
        }
    }

    #[test]
    fn account_numbers_pass_mod_97() {
        assert_eq!(iban("AAAA", 0).len(), 24);
        // The notes' fixture, rebuilt from its parts; its account part holds letters.
        for account in [7_593_840_000, 1_234_567_890_123_456, 0] {
            let iban = iban("BTRL", account);
            let moved = format!("{}{}", &iban[4..], &iban[..4]);
            let digits: String = moved.chars().map(|c| c.to_digit(36).unwrap().to_string()).collect();
            let rest = digits.bytes().fold(0_u64, |rest, digit| (rest * 10 + u64::from(digit - b'0')) % 97);
            assert_eq!(rest, 1, "{iban}");
        }
    }
}
