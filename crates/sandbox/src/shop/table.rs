//! The forty orders, oldest first: who, what, how paid, and what is wrong with the ones that are meant to fail.

use super::order::{Coupon, Pay};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Person(usize),
    Company(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quirk {
    None,
    /// Issues, but its answer is lost, spoilt or put off (`arm_demo_faults`).
    Trouble(&'static str),
    /// Lines and shipping at 19 %.
    OldVat,
    /// The tax id's last digit is wrong.
    WrongTaxId,
    /// Bucharest without a sector and without a postcode to guess it from.
    NoSector,
    /// Another tool has written its invoice into the order's meta data.
    InvoicedElsewhere,
    /// The total is not the sum of the lines.
    WrongTotal,
    /// One piece was given back, with lines.
    PartlyRefunded,
    FullyRefunded,
    /// A buyer abroad who pays in euro.
    Euro,
    /// Never paid, or called off: the status says so.
    Status(&'static str),
    /// Paid, not sent yet.
    Processing,
    /// On its way to be paid at the door.
    OnDelivery,
}

pub(super) struct Row {
    pub who: Who,
    /// Position in the catalogue, pieces.
    pub lines: &'static [(usize, u32)],
    pub coupon: Option<Coupon>,
    pub shipping_net_minor: Option<i64>,
    pub pay: Pay,
    pub quirk: Quirk,
}

const fn row(who: Who, lines: &'static [(usize, u32)], ship: i64, pay: Pay) -> Row {
    let shipping_net_minor = if ship == 0 { None } else { Some(ship) };
    Row { who, lines, coupon: None, shipping_net_minor, pay, quirk: Quirk::None }
}

impl Row {
    const fn coupon(mut self, coupon: Coupon) -> Self {
        self.coupon = Some(coupon);
        self
    }

    const fn but(mut self, quirk: Quirk) -> Self {
        self.quirk = quirk;
        self
    }
}

use Pay::{Bank, Card, OnDelivery};
use Quirk::{
    Euro, FullyRefunded, InvoicedElsewhere, NoSector, OldVat, PartlyRefunded, Processing, Status, Trouble, WrongTaxId,
    WrongTotal,
};
use Who::{Company as C, Person as P};

/// Net bani of the courier.
const NEAR: i64 = 1652;
const FAR: i64 = 2065;

pub(super) const ROWS: [Row; 40] = [
    row(P(0), &[(0, 3), (14, 1)], NEAR, OnDelivery).coupon(Coupon::Percent("vara10", 10)),
    row(C(0), &[(2, 24), (10, 6)], NEAR, Bank),
    row(P(1), &[(6, 1)], FAR, Card),
    row(C(1), &[(13, 5), (14, 10), (15, 4)], FAR, Bank).coupon(Coupon::Percent("librarie15", 15)),
    row(P(2), &[(1, 2), (16, 1)], FAR, Card),
    row(C(2), &[(3, 12), (4, 12), (5, 12)], FAR, Bank),
    row(P(3), &[(7, 1)], FAR, OnDelivery),
    row(C(3), &[(12, 8)], 0, Card),
    row(P(4), &[(15, 2), (17, 3)], NEAR, Card).coupon(Coupon::Fixed("carte20", 2000)),
    row(C(4), &[(9, 2), (0, 10)], NEAR, Card).but(WrongTaxId),
    row(P(5), &[(8, 1), (10, 2)], FAR, OnDelivery),
    row(C(5), &[(4, 30), (5, 30)], FAR, Bank).but(Trouble("status_500")),
    row(P(6), &[(0, 1), (2, 1), (14, 1)], NEAR, Card).but(PartlyRefunded),
    row(C(6), &[(11, 15)], FAR, OnDelivery),
    row(P(7), &[(12, 1)], 0, Card),
    row(C(7), &[(0, 6), (13, 1)], NEAR, Card).but(InvoicedElsewhere),
    row(P(8), &[(1, 1), (11, 2)], NEAR, OnDelivery).but(NoSector),
    row(C(8), &[(8, 4), (9, 4), (6, 2)], FAR, Bank).coupon(Coupon::Percent("parteneri12", 12)),
    row(P(9), &[(3, 4)], FAR, Card),
    row(P(10), &[(6, 1), (0, 2)], FAR, Card).but(Euro),
    row(C(9), &[(7, 6)], FAR, Bank).but(Status("on-hold")),
    row(P(11), &[(16, 1), (14, 1)], NEAR, Card).but(Trouble("timeout_after")),
    row(C(10), &[(16, 2), (12, 4)], FAR, Card),
    row(P(12), &[(5, 6)], FAR, Card).but(FullyRefunded),
    row(P(13), &[(2, 6), (10, 1)], FAR, OnDelivery).coupon(Coupon::Fixed("bunvenit25", 2500)),
    row(C(11), &[(0, 20), (1, 20), (15, 5)], FAR, Card).but(OldVat),
    row(P(14), &[(9, 1)], FAR, Bank).but(Status("pending")),
    row(C(12), &[(6, 3), (13, 2)], NEAR, Card),
    row(P(15), &[(17, 7)], NEAR, Card),
    row(C(13), &[(2, 18), (9, 1)], FAR, OnDelivery),
    row(P(16), &[(4, 2), (3, 2)], FAR, Card).but(WrongTotal),
    row(C(14), &[(14, 3), (16, 1)], NEAR, Card).but(Trouble("status_429")),
    row(P(17), &[(8, 1)], FAR, Card).but(Status("failed")),
    row(P(18), &[(11, 3), (15, 1)], FAR, OnDelivery).but(Quirk::OnDelivery),
    row(C(15), &[(7, 2), (13, 3)], FAR, Bank),
    row(P(19), &[(0, 2), (1, 1), (17, 1)], NEAR, Card).coupon(Coupon::Percent("vara10", 10)),
    row(C(16), &[(12, 2), (10, 12)], FAR, Bank).but(Status("cancelled")),
    row(P(20), &[(13, 1)], FAR, Card).but(Processing),
    row(C(17), &[(11, 10), (6, 1)], NEAR, Card).but(Processing),
    row(P(21), &[(5, 4), (10, 4)], NEAR, Card),
];
