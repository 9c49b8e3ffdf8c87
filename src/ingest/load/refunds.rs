//! What was paid back is no revenue: payment systems state it beside the amount, in a column
//! of its own. Both are in the currency of the report by now.

use polars::prelude::*;

use crate::tables::col;
use crate::tables::frame::{has_column, integers};

/// The column with what was paid back, in millionths.
const REFUNDED: &str = "refunded";

/// Takes the refund of each row off its amount; a row without a refund stays as it is. The
/// column goes: a table that is exported and read again must not lose the refunds twice.
///
/// # Errors
/// What polars cannot do; never for a table with the columns of a loader.
pub fn take_off(frame: &mut DataFrame) -> PolarsResult<()> {
    if !has_column(frame, REFUNDED) {
        return Ok(());
    }
    let amounts = integers(frame, col::AMOUNT);
    let refunds = integers(frame, REFUNDED);
    let net = amounts.into_iter().zip(refunds).map(|(amount, refund)| {
        let refund = refund.unwrap_or(0);
        amount.map(|amount| amount.saturating_sub(refund))
    });
    let net: Vec<Option<i64>> = net.collect();
    frame.with_column(Column::new(col::AMOUNT.into(), net))?;
    frame.drop_in_place(REFUNDED).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refunds_are_taken_off() {
        let mut frame = df!(
            "amount" => [Some(100_i64), Some(40), Some(7), None],
            "refunded" => [Some(30_i64), Some(40), None, Some(5)],
        )
        .unwrap();
        take_off(&mut frame).unwrap();
        let net = integers(&frame, "amount");
        assert_eq!(net, [Some(70), Some(0), Some(7), None]);
        assert!(!has_column(&frame, REFUNDED));
    }

    #[test]
    fn amounts_without_refunds_stay() {
        let mut frame = df!("amount" => [100_i64]).unwrap();
        take_off(&mut frame).unwrap();
        assert_eq!(integers(&frame, "amount"), [Some(100)]);
    }
}
