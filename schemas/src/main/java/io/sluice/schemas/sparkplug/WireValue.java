package io.sluice.schemas.sparkplug;

import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.DataSet.DataSetValue;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Metric;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.PropertyValue;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Template.Parameter;

/**
 * A value as the wire has it, of whichever of the four messages with values. Immutable.
 *
 * @param whole of INT, LONG (unsigned, 64 bits) and BOOLEAN
 * @param real of FLOAT and DOUBLE
 * @param text of STRING
 */
record WireValue(Kind kind, long whole, double real, String text) {

    /** Which of the fields is there. */
    enum Kind {
        NOTHING("nothing"),
        INT("a number"),
        LONG("a number"),
        FLOAT("a float"),
        DOUBLE("a double"),
        BOOLEAN("a boolean"),
        STRING("a string"),
        BYTES("bytes"),
        DATA_SET("a data set"),
        TEMPLATE("a template"),
        PROPERTY_SET("a property set"),
        PROPERTY_SET_LIST("a list of property sets");

        private final String shown;

        Kind(String shown) {
            this.shown = shown;
        }

        String shown() {
            return shown;
        }
    }

    private static final WireValue NOTHING = bare(Kind.NOTHING);

    static WireValue of(Metric metric) {
        return switch (metric.getValueCase()) {
            case INT_VALUE -> ofInt(metric.getIntValue());
            case LONG_VALUE -> ofLong(metric.getLongValue());
            case FLOAT_VALUE -> ofFloat(metric.getFloatValue());
            case DOUBLE_VALUE -> ofDouble(metric.getDoubleValue());
            case BOOLEAN_VALUE -> ofBoolean(metric.getBooleanValue());
            case STRING_VALUE -> ofString(metric.getStringValue());
            case BYTES_VALUE -> bare(Kind.BYTES);
            case DATASET_VALUE -> bare(Kind.DATA_SET);
            case TEMPLATE_VALUE -> bare(Kind.TEMPLATE);
            case VALUE_NOT_SET -> NOTHING;
        };
    }

    static WireValue of(PropertyValue property) {
        return switch (property.getValueCase()) {
            case INT_VALUE -> ofInt(property.getIntValue());
            case LONG_VALUE -> ofLong(property.getLongValue());
            case FLOAT_VALUE -> ofFloat(property.getFloatValue());
            case DOUBLE_VALUE -> ofDouble(property.getDoubleValue());
            case BOOLEAN_VALUE -> ofBoolean(property.getBooleanValue());
            case STRING_VALUE -> ofString(property.getStringValue());
            case PROPERTYSET_VALUE -> bare(Kind.PROPERTY_SET);
            case PROPERTYSETS_VALUE -> bare(Kind.PROPERTY_SET_LIST);
            case VALUE_NOT_SET -> NOTHING;
        };
    }

    static WireValue of(DataSetValue cell) {
        return switch (cell.getValueCase()) {
            case INT_VALUE -> ofInt(cell.getIntValue());
            case LONG_VALUE -> ofLong(cell.getLongValue());
            case FLOAT_VALUE -> ofFloat(cell.getFloatValue());
            case DOUBLE_VALUE -> ofDouble(cell.getDoubleValue());
            case BOOLEAN_VALUE -> ofBoolean(cell.getBooleanValue());
            case STRING_VALUE -> ofString(cell.getStringValue());
            case VALUE_NOT_SET -> NOTHING;
        };
    }

    static WireValue of(Parameter parameter) {
        return switch (parameter.getValueCase()) {
            case INT_VALUE -> ofInt(parameter.getIntValue());
            case LONG_VALUE -> ofLong(parameter.getLongValue());
            case FLOAT_VALUE -> ofFloat(parameter.getFloatValue());
            case DOUBLE_VALUE -> ofDouble(parameter.getDoubleValue());
            case BOOLEAN_VALUE -> ofBoolean(parameter.getBooleanValue());
            case STRING_VALUE -> ofString(parameter.getStringValue());
            case VALUE_NOT_SET -> NOTHING;
        };
    }

    private static WireValue bare(Kind kind) {
        return new WireValue(kind, 0, 0, "");
    }

    private static WireValue ofInt(int value) {
        return new WireValue(Kind.INT, Integer.toUnsignedLong(value), 0, "");
    }

    private static WireValue ofLong(long value) {
        return new WireValue(Kind.LONG, value, 0, "");
    }

    private static WireValue ofFloat(float value) {
        return new WireValue(Kind.FLOAT, 0, value, "");
    }

    private static WireValue ofDouble(double value) {
        return new WireValue(Kind.DOUBLE, 0, value, "");
    }

    private static WireValue ofBoolean(boolean value) {
        return new WireValue(Kind.BOOLEAN, value ? 1 : 0, 0, "");
    }

    private static WireValue ofString(String value) {
        return new WireValue(Kind.STRING, 0, 0, value);
    }

    boolean isWhole() {
        return kind == Kind.INT || kind == Kind.LONG;
    }

    /** For people. */
    String shown() {
        return isWhole() ? Long.toUnsignedString(whole) : kind.shown();
    }
}
