package io.sluice.schemas.sparkplug;

import com.google.protobuf.ByteString;
import io.sluice.schemas.convert.AvroBuffer;
import io.sluice.schemas.convert.JsonPath;
import io.sluice.schemas.convert.MisfitException;
import io.sluice.schemas.sparkplug.KnownMetrics.KnownMetric;
import io.sluice.schemas.sparkplug.SparkplugMessage.HostState;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.MetaData;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Metric;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Template;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Template.Parameter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one message, field by field in the order of {@code sparkplug.avsc}, whose unions have null as their first branch.
 * Used once, by one thread.
 */
final class SparkplugEncoder {

    private static final int BYTES = 7;
    private static final int ARRAY = 8;
    private static final int DATA_SET = 9;
    private static final int TEMPLATE = 10;

    private final AvroBuffer out;
    private final JsonPath path = new JsonPath();
    private final OptionalFields optional;
    private final ScalarEncoder scalars;
    private final ArrayEncoder arrays;
    private final DataSetEncoder dataSets;
    private final PropertyEncoder properties;
    private int unresolved;

    SparkplugEncoder(AvroBuffer out) {
        this.out = out;
        optional = new OptionalFields(out);
        scalars = new ScalarEncoder(out, path);
        arrays = new ArrayEncoder(out, path, scalars);
        dataSets = new DataSetEncoder(out, path, scalars);
        properties = new PropertyEncoder(out, path, scalars);
    }

    int unresolved() {
        return unresolved;
    }

    void write(SparkplugMessage message, KnownMetrics known, boolean keepsPayload) throws MisfitException {
        SparkplugTopic topic = message.topic();
        SparkplugTopic.Source source = topic.source();
        HostState state = message.state();
        Payload payload = message.payload();
        out.writeLong(topic.type().symbol());
        optional.writeString(source == null ? null : source.group());
        optional.writeString(source == null ? null : source.node());
        optional.writeString(source == null ? null : source.device());
        optional.writeString(topic.host());
        optional.writeBoolean(state == null ? null : state.online());
        optional.writeLong(state == null ? payload.hasTimestamp() ? payload.getTimestamp() : null : state.timestamp());
        optional.writeLong(payload.hasSeq() ? payload.getSeq() : null);
        optional.writeString(payload.hasUuid() ? payload.getUuid() : null);
        path.push("metrics");
        metrics(payload.getMetricsList(), known);
        path.pop();
        optional.writeBytes(payload.hasBody() ? payload.getBody().toByteArray() : null);
        optional.writeBytes(keepsPayload ? message.bytes() : null);
    }

    private void metrics(List<Metric> metrics, KnownMetrics known) throws MisfitException {
        if (!metrics.isEmpty()) {
            out.writeLong(metrics.size());
        }
        for (int i = 0; i < metrics.size(); i++) {
            path.push(i);
            metric(metrics.get(i), known);
            path.pop();
        }
        out.writeLong(0);
    }

    private void metric(Metric metric, KnownMetrics known) throws MisfitException {
        KnownMetric born = known.find(metric);
        String name = metric.hasName() ? metric.getName() : born == null ? null : born.name();
        DataType type = metric.getDatatype() == 0
                ? (born == null ? null : born.type())
                : DataTypes.of(metric.getDatatype(), path);
        boolean isNull = metric.getIsNull();
        WireValue value = WireValue.of(metric);
        if (name == null || (type == null && !isNull && value.kind() != WireValue.Kind.NOTHING)) {
            unresolved++;
        }
        optional.writeString(name);
        optional.writeLong(metric.hasAlias() ? metric.getAlias() : null);
        optional.writeLong(metric.hasTimestamp() ? metric.getTimestamp() : null);
        optional.writeString(type == null ? null : type.label());
        out.writeByte(metric.getIsHistorical() ? 1 : 0);
        out.writeByte(metric.getIsTransient() ? 1 : 0);
        out.writeByte(isNull ? 1 : 0);
        path.push("value");
        if (isNull) {
            scalars.writeNull();
        } else {
            value(metric, type, value, born == null ? KnownMetrics.NONE : born.members());
        }
        path.pop();
        path.push("properties");
        if (metric.hasProperties()) {
            out.writeLong(1);
            properties.write(metric.getProperties());
        } else {
            out.writeLong(0);
        }
        path.pop();
        metadata(metric.hasMetadata() ? metric.getMetadata() : null);
    }

    private void value(Metric metric, @Nullable DataType type, WireValue value, KnownMetrics members)
            throws MisfitException {
        switch (value.kind()) {
            case BYTES -> bytes(metric.getBytesValue(), type, value);
            case DATA_SET -> {
                require(type == null || type == DataType.DATA_SET, type, value);
                out.writeLong(DATA_SET);
                dataSets.write(metric.getDatasetValue());
            }
            case TEMPLATE -> {
                require(type == null || type == DataType.TEMPLATE, type, value);
                out.writeLong(TEMPLATE);
                template(metric.getTemplateValue(), members);
            }
            default -> scalars.write(type, value);
        }
    }

    private void bytes(ByteString bytes, @Nullable DataType type, WireValue value) throws MisfitException {
        if (type != null && type.form() == DataType.Form.ARRAY) {
            out.writeLong(ARRAY);
            arrays.write(type, bytes);
            return;
        }
        require(type == null || type.form() == DataType.Form.BYTES, type, value);
        out.writeLong(BYTES);
        out.writeBytes(bytes.toByteArray());
    }

    private void require(boolean fits, @Nullable DataType type, WireValue value) throws MisfitException {
        if (!fits) {
            throw scalars.misfit(type == null ? DataType.UNKNOWN : type, value);
        }
    }

    private void template(Template template, KnownMetrics members) throws MisfitException {
        optional.writeString(template.hasVersion() ? template.getVersion() : null);
        optional.writeString(template.hasTemplateRef() ? template.getTemplateRef() : null);
        out.writeByte(template.getIsDefinition() ? 1 : 0);
        path.push("metrics");
        metrics(template.getMetricsList(), members);
        path.pop();
        path.push("parameters");
        parameters(template.getParametersList());
        path.pop();
    }

    private void parameters(List<Parameter> parameters) throws MisfitException {
        if (!parameters.isEmpty()) {
            out.writeLong(parameters.size());
        }
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            path.push(i);
            DataType type = DataTypes.of(parameter.getType(), path);
            optional.writeString(parameter.hasName() ? parameter.getName() : null);
            optional.writeString(type == null ? null : type.label());
            scalars.write(type, WireValue.of(parameter));
            path.pop();
        }
        out.writeLong(0);
    }

    private void metadata(@Nullable MetaData metadata) {
        if (metadata == null) {
            out.writeLong(0);
            return;
        }
        out.writeLong(1);
        optional.writeBoolean(metadata.hasIsMultiPart() ? metadata.getIsMultiPart() : null);
        optional.writeString(metadata.hasContentType() ? metadata.getContentType() : null);
        optional.writeLong(metadata.hasSize() ? metadata.getSize() : null);
        optional.writeLong(metadata.hasSeq() ? metadata.getSeq() : null);
        optional.writeString(metadata.hasFileName() ? metadata.getFileName() : null);
        optional.writeString(metadata.hasFileType() ? metadata.getFileType() : null);
        optional.writeString(metadata.hasMd5() ? metadata.getMd5() : null);
        optional.writeString(metadata.hasDescription() ? metadata.getDescription() : null);
    }
}
