//! Cells of any type as JSON, the form in which the library knows records.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit};
use serde_json::{Map, Number, Value};

/// Returns a cell as JSON. Dates and times are the numbers that they are stored as; what has no like in JSON is null.
pub fn value(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Int8 => number::<Int8Type>(array, row),
        DataType::Int16 => number::<Int16Type>(array, row),
        DataType::Int32 => number::<Int32Type>(array, row),
        DataType::Int64 => number::<Int64Type>(array, row),
        DataType::UInt8 => number::<UInt8Type>(array, row),
        DataType::UInt16 => number::<UInt16Type>(array, row),
        DataType::UInt32 => number::<UInt32Type>(array, row),
        DataType::UInt64 => number::<UInt64Type>(array, row),
        DataType::Date32 => number::<Date32Type>(array, row),
        DataType::Date64 => number::<Date64Type>(array, row),
        DataType::Timestamp(unit, _) => timestamp(array, *unit, row),
        DataType::Float32 => real(f64::from(array.as_primitive::<Float32Type>().value(row))),
        DataType::Float64 => real(array.as_primitive::<Float64Type>().value(row)),
        DataType::Binary => text(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => text(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => text(array.as_binary_view().value(row)),
        DataType::List(_) => list(&*array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(&*array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => list(&*array.as_fixed_size_list().value(row)),
        DataType::Struct(fields) => {
            let columns = fields.iter().zip(array.as_struct().columns());
            Value::Object(
                columns.map(|(field, column)| (field.name().clone(), value(column, row))).collect::<Map<_, _>>(),
            )
        }
        DataType::Dictionary(..) => dictionary(array, row),
        _ => Value::Null,
    }
}

fn number<T: ArrowPrimitiveType<Native: Into<Number>>>(array: &dyn Array, row: usize) -> Value {
    Value::Number(array.as_primitive::<T>().value(row).into())
}

fn timestamp(array: &dyn Array, unit: TimeUnit, row: usize) -> Value {
    use arrow_array::types::{
        TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    };
    match unit {
        TimeUnit::Second => number::<TimestampSecondType>(array, row),
        TimeUnit::Millisecond => number::<TimestampMillisecondType>(array, row),
        TimeUnit::Microsecond => number::<TimestampMicrosecondType>(array, row),
        TimeUnit::Nanosecond => number::<TimestampNanosecondType>(array, row),
    }
}

fn real(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

fn text(bytes: &[u8]) -> Value {
    String::from_utf8_lossy(bytes).into_owned().into()
}

fn list(items: &dyn Array) -> Value {
    (0..items.len()).map(|row| value(items, row)).collect()
}

fn dictionary(array: &dyn Array, row: usize) -> Value {
    let dictionary = array.as_any_dictionary();
    let key = value(dictionary.keys(), row).as_u64().and_then(|key| usize::try_from(key).ok());
    let values = dictionary.values();
    key.filter(|&key| key < values.len()).map_or(Value::Null, |key| value(&**values, key))
}
