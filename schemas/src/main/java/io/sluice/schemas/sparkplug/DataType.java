package io.sluice.schemas.sparkplug;

import org.jspecify.annotations.Nullable;

/** The data types of Sparkplug 3.0, by their numbers: the first is 0. */
enum DataType {
    UNKNOWN("Unknown", Form.AS_IT_IS, 0),
    INT8("Int8", Form.SIGNED, 8),
    INT16("Int16", Form.SIGNED, 16),
    INT32("Int32", Form.SIGNED, 32),
    INT64("Int64", Form.SIGNED, 64),
    UINT8("UInt8", Form.UNSIGNED, 8),
    UINT16("UInt16", Form.UNSIGNED, 16),
    UINT32("UInt32", Form.UNSIGNED, 32),
    UINT64("UInt64", Form.UNSIGNED, 64),
    FLOAT("Float", Form.FLOAT, 32),
    DOUBLE("Double", Form.DOUBLE, 64),
    BOOLEAN("Boolean", Form.BOOLEAN, 1),
    STRING("String", Form.TEXT, 0),
    DATE_TIME("DateTime", Form.SIGNED, 64),
    TEXT("Text", Form.TEXT, 0),
    UUID("UUID", Form.TEXT, 0),
    DATA_SET("DataSet", Form.DATA_SET, 0),
    BYTES("Bytes", Form.BYTES, 0),
    FILE("File", Form.BYTES, 0),
    TEMPLATE("Template", Form.TEMPLATE, 0),
    PROPERTY_SET("PropertySet", Form.PROPERTY_SET, 0),
    PROPERTY_SET_LIST("PropertySetList", Form.PROPERTY_SET_LIST, 0),
    INT8_ARRAY("Int8Array", INT8),
    INT16_ARRAY("Int16Array", INT16),
    INT32_ARRAY("Int32Array", INT32),
    INT64_ARRAY("Int64Array", INT64),
    UINT8_ARRAY("UInt8Array", UINT8),
    UINT16_ARRAY("UInt16Array", UINT16),
    UINT32_ARRAY("UInt32Array", UINT32),
    UINT64_ARRAY("UInt64Array", UINT64),
    FLOAT_ARRAY("FloatArray", FLOAT),
    DOUBLE_ARRAY("DoubleArray", DOUBLE),
    BOOLEAN_ARRAY("BooleanArray", BOOLEAN),
    STRING_ARRAY("StringArray", STRING),
    DATE_TIME_ARRAY("DateTimeArray", DATE_TIME);

    /** What values are on the wire. */
    enum Form {
        /** Nobody has said: what the wire has. */
        AS_IT_IS,
        /** Two's complement, in an unsigned number of 32 or 64 bits. */
        SIGNED,
        UNSIGNED,
        FLOAT,
        DOUBLE,
        BOOLEAN,
        TEXT,
        BYTES,
        /** Packed bytes. */
        ARRAY,
        DATA_SET,
        TEMPLATE,
        PROPERTY_SET,
        PROPERTY_SET_LIST
    }

    private static final DataType[] BY_CODE = values();

    private final String label;
    private final Form form;
    private final int bits;
    private final @Nullable DataType item;

    DataType(String label, Form form, int bits) {
        this.label = label;
        this.form = form;
        this.bits = bits;
        item = null;
    }

    DataType(String label, DataType item) {
        this.label = label;
        this.form = Form.ARRAY;
        this.bits = item.bits;
        this.item = item;
    }

    /** The type of this number, or null when Sparkplug has none. */
    static @Nullable DataType of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /** Its number. */
    @SuppressWarnings("EnumOrdinal") // They are in the order of their numbers, which a test knows.
    int code() {
        return ordinal();
    }

    /** As Sparkplug calls it. */
    String label() {
        return label;
    }

    Form form() {
        return form;
    }

    /** Of a value, or of an item of an array; 0 where that is no number of bits. */
    int bits() {
        return bits;
    }

    /** What an array has; its own type for all else. */
    DataType item() {
        return item == null ? this : item;
    }
}
