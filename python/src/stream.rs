//! Arrow from others, by the `PyCapsule` interface: the arrays are theirs, and nothing is copied.
//!
//! Text comes as bytes: who hands over an array promises that its pointers are right, and not that its text is UTF-8.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use arrow_array::{ArrayRef, make_array};
use arrow_schema::{ArrowError, DataType, Field, Fields};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};

use crate::errors::{Failure, Result};

/// Arrays of one type, one after the other.
pub struct ArrayStream {
    /// The type as it was told.
    pub told: DataType,
    /// The type as it is read, with bytes for text.
    read: DataType,
    next: NextArrays,
}

enum NextArrays {
    One(Option<FFI_ArrowArray>),
    Stream(CStream),
}

/// A stream in the C stream interface of Arrow. That of the crate takes tables only.
#[repr(C)]
struct CStream {
    get_schema: Option<unsafe extern "C" fn(*mut Self, *mut FFI_ArrowSchema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut Self, *mut FFI_ArrowArray) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut Self) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut Self)>,
    private_data: *mut c_void,
}

// SAFETY: the interface says that a stream may move to another thread, if only one uses it at a time.
unsafe impl Send for CStream {}

impl Drop for CStream {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: what is not released yet is released once, with its own callback.
            unsafe { release(self) }
        }
    }
}

impl ArrayStream {
    /// Takes the arrays of an object, if it has any.
    pub fn of(data: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        if data.hasattr("__arrow_c_stream__")? {
            let capsule = data.call_method0("__arrow_c_stream__")?;
            // SAFETY: the capsule is named for what it holds, and whoever takes it over leaves an empty one.
            let stream = unsafe { take(capsule.cast::<PyCapsule>()?, c"arrow_array_stream", CStream::EMPTY)? };
            return Ok(Some(Self::of_stream(stream).map_err(|error| error.raise(data.py()))?));
        }
        if data.hasattr("__arrow_c_array__")? {
            let both = data.call_method0("__arrow_c_array__")?.cast_into::<PyTuple>()?;
            let (schema, array) = (both.get_item(0)?, both.get_item(1)?);
            // SAFETY: as above.
            let (schema, array) = unsafe {
                (
                    take(schema.cast::<PyCapsule>()?, c"arrow_schema", FFI_ArrowSchema::empty())?,
                    take(array.cast::<PyCapsule>()?, c"arrow_array", FFI_ArrowArray::empty())?,
                )
            };
            let told = data_type(&schema).map_err(|error| error.raise(data.py()))?;
            return Ok(Some(Self { read: as_bytes(&told), told, next: NextArrays::One(Some(array)) }));
        }
        Ok(None)
    }

    fn of_stream(mut stream: CStream) -> Result<Self> {
        let mut schema = FFI_ArrowSchema::empty();
        let get_schema = stream.get_schema.ok_or_else(released)?;
        // SAFETY: the stream is not released, and the schema is empty.
        let code = unsafe { get_schema(&raw mut stream, &raw mut schema) };
        stream.check(code)?;
        let told = data_type(&schema)?;
        Ok(Self { read: as_bytes(&told), told, next: NextArrays::Stream(stream) })
    }

    /// Returns the next array.
    pub fn next_array(&mut self) -> Result<Option<ArrayRef>> {
        let array = match &mut self.next {
            NextArrays::One(array) => array.take(),
            NextArrays::Stream(stream) => stream.next_array()?,
        };
        let Some(array) = array else { return Ok(None) };
        // SAFETY: the array is of the type that its owner told, but for text, which has the layout of bytes.
        let data = unsafe { from_ffi_and_data_type(array, self.read.clone()) };
        Ok(Some(make_array(data.map_err(|error| refused(&error))?)))
    }
}

impl CStream {
    const EMPTY: Self =
        Self { get_schema: None, get_next: None, get_last_error: None, release: None, private_data: ptr::null_mut() };

    fn next_array(&mut self) -> Result<Option<FFI_ArrowArray>> {
        let mut array = FFI_ArrowArray::empty();
        let get_next = self.get_next.ok_or_else(released)?;
        // SAFETY: the stream is not released, and the array is empty.
        let code = unsafe { get_next(self, &raw mut array) };
        self.check(code)?;
        Ok(Some(array).filter(|array| !array.is_released()))
    }

    fn check(&mut self, code: c_int) -> Result<()> {
        if code == 0 {
            return Ok(());
        }
        // SAFETY: the message stands until the next call.
        let said = self.get_last_error.map(|get| unsafe { get(self) }).filter(|said| !said.is_null());
        let said = said.map(|said| unsafe { CStr::from_ptr(said) }.to_string_lossy().into_owned());
        Err(Failure::Input(format!("the Arrow stream ended: {}", said.unwrap_or_else(|| format!("code {code}")))))
    }
}

/// Takes what a capsule holds, and leaves `empty` in it.
///
/// # Safety
///
/// A capsule of this name must hold a `T`.
unsafe fn take<T>(capsule: &Bound<'_, PyCapsule>, name: &CStr, empty: T) -> PyResult<T> {
    let pointer = capsule.pointer_checked(Some(name))?.cast::<T>();
    // SAFETY: the caller says that this is what it points to.
    Ok(unsafe { ptr::replace(pointer.as_ptr(), empty) })
}

fn data_type(schema: &FFI_ArrowSchema) -> Result<DataType> {
    DataType::try_from(schema).map_err(|error| refused(&error))
}

fn released() -> Failure {
    Failure::Input("the Arrow stream was read before; give the table again".to_owned())
}

fn refused(error: &ArrowError) -> Failure {
    Failure::Input(format!("the Arrow data cannot be read: {error}"))
}

/// Returns the type with bytes in place of text, which has the same layout.
fn as_bytes(told: &DataType) -> DataType {
    let field = |field: &Arc<Field>| Arc::new(field.as_ref().clone().with_data_type(as_bytes(field.data_type())));
    match told {
        DataType::Utf8 => DataType::Binary,
        DataType::LargeUtf8 => DataType::LargeBinary,
        DataType::Utf8View => DataType::BinaryView,
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(field).collect::<Fields>()),
        DataType::List(of) => DataType::List(field(of)),
        DataType::LargeList(of) => DataType::LargeList(field(of)),
        DataType::FixedSizeList(of, length) => DataType::FixedSizeList(field(of), *length),
        DataType::Dictionary(keys, of) => DataType::Dictionary(keys.clone(), as_bytes(of).into()),
        other => other.clone(),
    }
}
