package io.sluice.schemas.sparkplug;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;

import com.google.protobuf.ByteString;
import io.sluice.schemas.convert.ConvertLimits;
import io.sluice.schemas.convert.MisfitException;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.DataSet;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.DataSet.DataSetValue;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Metric;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.PropertySet;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.PropertyValue;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload.Template;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sparkplug's messages as records, as Avro's own decoder reads them. */
final class SparkplugCodecTest {

    private static final byte[] NO_PREFIX = {};

    private final SparkplugCodec codec = new SparkplugCodec(ConvertLimits.DEFAULTS);

    private static Metric.Builder metric(String name, int type) {
        return Metric.newBuilder().setName(name).setDatatype(type);
    }

    private static Payload payload(Metric.Builder... metrics) {
        Payload.Builder payload = Payload.newBuilder();
        for (Metric.Builder metric : metrics) {
            payload.addMetrics(metric);
        }
        return payload.build();
    }

    private Map<String, Object> convert(String topic, byte[] payload, KnownMetrics known)
            throws MisfitException, IOException {
        SparkplugMessage read = codec.read(SparkplugTopic.parse(topic), payload);
        return Decoded.record(codec.write(read, known, false, NO_PREFIX).value());
    }

    private Map<String, Object> convert(Payload payload) throws MisfitException, IOException {
        return convert("spBv1.0/plant/NDATA/edge-1", payload.toByteArray(), KnownMetrics.NONE);
    }

    private Object value(Metric.Builder metric) throws MisfitException, IOException {
        return Decoded.metrics(convert(payload(metric))).get(0).getOrDefault("value", "absent");
    }

    private MisfitException misfit(Payload payload) {
        return catchThrowableOfType(MisfitException.class, () -> convert(payload));
    }

    @Test
    void namesAndDataTypesBehindAliasesAreThoseOfTheBirth() throws Exception {
        Payload birth = Payload.newBuilder()
                .setTimestamp(1_000)
                .setSeq(0)
                .addMetrics(metric("bdSeq", 8).setLongValue(7))
                .addMetrics(metric("temp", 3).setAlias(1).setIntValue(-5))
                .build();
        SparkplugMessage born = codec.read(SparkplugTopic.parse("spBv1.0/plant/NBIRTH/edge-1"), birth.toByteArray());
        assertThat(born.bdSeq()).hasValue(7);
        Payload data = Payload.newBuilder()
                .setTimestamp(2_000)
                .setSeq(1)
                .addMetrics(Metric.newBuilder().setAlias(1).setIntValue(-6).setIsHistorical(true))
                .addMetrics(Metric.newBuilder().setName("temp").setLongValue(-7))
                .build();

        Map<String, Object> record = convert("spBv1.0/plant/NDATA/edge-1", data.toByteArray(), born.metrics());

        assertThat(record)
                .contains(
                        entry("type", "NDATA"),
                        entry("group", "plant"),
                        entry("node", "edge-1"),
                        entry("timestamp", 2_000L),
                        entry("seq", 1L))
                .doesNotContainKeys("device", "host", "online", "payload");
        assertThat(Decoded.metrics(record).get(0))
                .isEqualTo(Map.of(
                        "name",
                        "temp",
                        "alias",
                        1L,
                        "datatype",
                        "Int32",
                        "isHistorical",
                        true,
                        "isTransient",
                        false,
                        "isNull",
                        false,
                        "value",
                        -6L));
        assertThat(Decoded.metrics(record).get(1))
                .contains(entry("name", "temp"), entry("datatype", "Int32"), entry("value", -7L));
    }

    @Test
    void anAliasThatNoBirthHasToldIsKeptAndCounted() throws Exception {
        Payload data = payload(
                Metric.newBuilder().setAlias(-1).setIntValue(-6),
                metric("known", 3).setIntValue(1));
        SparkplugMessage read =
                codec.read(SparkplugTopic.parse("spBv1.0/plant/DDATA/edge-1/press"), data.toByteArray());

        SparkplugCodec.Encoded encoded = codec.write(read, KnownMetrics.NONE, true, NO_PREFIX);

        assertThat(encoded.unresolved()).isEqualTo(1);
        Map<String, Object> record = Decoded.record(encoded.value());
        assertThat(record)
                .contains(
                        entry("device", "press"),
                        entry("payload", HexFormat.of().formatHex(data.toByteArray())));
        // Without a data type nobody knows whether there is a sign: it is what the wire has.
        assertThat(Decoded.metrics(record).get(0))
                .contains(entry("alias", -1L), entry("value", 4294967290L))
                .doesNotContainKeys("name", "datatype");
    }

    /** The number of the type, the field of the wire, what is in it, and what comes out. */
    @ParameterizedTest
    @CsvSource({
        "1, int, 4294967168, -128", // As Java's implementation writes it: 32 bits with the sign.
        "1, int, 128, -128", // Eight bits.
        "1, long, -128, -128",
        "2, int, 65535, -1",
        "3, int, 4294967295, -1",
        "3, long, 4294967295, -1",
        "4, long, -9223372036854775808, -9223372036854775808",
        "4, int, 4294967295, 4294967295",
        "5, int, 255, 255",
        "6, int, 65535, 65535",
        "7, int, 4294967295, 4294967295",
        "7, long, 4294967295, 4294967295",
        "8, long, 9223372036854775807, 9223372036854775807",
        "8, long, -1, 18446744073709551615",
        "13, long, 1700000000000, 1700000000000",
        "0, int, 4294967295, 4294967295",
        "0, long, -1, 18446744073709551615"
    })
    void numbersAreWhatTheirTypeSays(int type, String field, String sent, String expected) throws Exception {
        Metric.Builder metric = metric("m", type);
        if (field.equals("int")) {
            metric.setIntValue(Integer.parseUnsignedInt(sent));
        } else {
            metric.setLongValue(Long.parseLong(sent));
        }

        assertThat(value(metric)).hasToString(expected);
    }

    @Test
    void allElseThatIsOneThing() throws Exception {
        assertThat(value(metric("m", 9).setFloatValue(1.5f))).isEqualTo(1.5f);
        assertThat(value(metric("m", 9).setDoubleValue(0.1))).isEqualTo(0.1);
        assertThat(value(metric("m", 10).setDoubleValue(Double.NaN))).isEqualTo(Double.NaN);
        assertThat(value(metric("m", 10).setFloatValue(0.5f))).isEqualTo(0.5);
        assertThat(value(metric("m", 11).setBooleanValue(true))).isEqualTo(true);
        assertThat(value(metric("m", 12).setStringValue("Köln"))).isEqualTo("Köln");
        assertThat(value(metric("m", 14).setStringValue("text"))).isEqualTo("text");
        assertThat(value(metric("m", 15).setStringValue("0-0"))).isEqualTo("0-0");
        assertThat(value(metric("m", 17).setBytesValue(ByteString.copyFrom(new byte[] {0, -1}))))
                .isEqualTo("00ff");
        assertThat(value(metric("m", 18).setBytesValue(ByteString.EMPTY))).isEqualTo("");
        assertThat(value(metric("m", 3).setIsNull(true))).isEqualTo("absent");
        assertThat(value(metric("m", 3))).isEqualTo("absent");
    }

    @ParameterizedTest
    @CsvSource({
        "22, 'efef', '-17, -17'",
        "23, '3075', '30000'",
        "24, 'ffffffff', '-1'",
        "25, '0000000000000080', '-9223372036854775808'",
        "26, 'efff', '239, 255'",
        "27, 'ffff', '65535'",
        "28, 'ffffffff', '4294967295'",
        "29, 'ffffffffffffffff', '18446744073709551615'",
        "30, '0000c03f', '1.5'",
        "31, '000000000000f83f', '1.5'",
        // The example of the specification.
        "32, '0c00000034d0', 'false, false, true, true, false, true, false, false, true, true, false, true'",
        "33, '414243003c00', 'ABC, <'",
        "34, '0068e5cf8b010000', '1700000000000'",
        "32, '00000000', ''",
        "33, '', ''"
    })
    void arraysAreUnpacked(int type, String packed, String expected) throws Exception {
        Metric.Builder metric = metric("m", type)
                .setBytesValue(ByteString.copyFrom(HexFormat.of().parseHex(packed)));

        assertThat(value(metric)).hasToString("[" + expected + "]");
    }

    @Test
    void dataSetsTemplatesPropertiesAndMetadata() throws Exception {
        DataSet table = DataSet.newBuilder()
                .setNumOfColumns(2)
                .addColumns("a")
                .addColumns("b")
                .addTypes(1)
                .addTypes(12)
                .addRows(DataSet.Row.newBuilder()
                        .addElements(DataSetValue.newBuilder().setIntValue(-1))
                        .addElements(DataSetValue.newBuilder().setStringValue("x")))
                .addRows(DataSet.Row.newBuilder()
                        .addElements(DataSetValue.newBuilder())
                        .addElements(DataSetValue.newBuilder()))
                .build();
        Template template = Template.newBuilder()
                .setVersion("1")
                .setTemplateRef("motor")
                .addMetrics(metric("rpm", 7).setIntValue(-1))
                .addParameters(
                        Template.Parameter.newBuilder().setName("p").setType(11).setBooleanValue(true))
                .build();
        PropertySet inner = PropertySet.newBuilder()
                .addKeys("unit")
                .addValues(PropertyValue.newBuilder().setType(12).setStringValue("C"))
                .build();
        PropertySet properties = PropertySet.newBuilder()
                .addKeys("q")
                .addValues(PropertyValue.newBuilder().setType(3).setIntValue(192))
                .addKeys("more")
                .addValues(PropertyValue.newBuilder().setType(20).setPropertysetValue(inner))
                .build();
        List<Map<String, Object>> metrics = Decoded.metrics(convert(payload(
                metric("table", 16).setDatasetValue(table),
                metric("template", 19).setTemplateValue(template).setProperties(properties),
                metric("file", 18)
                        .setBytesValue(ByteString.EMPTY)
                        .setMetadata(
                                Payload.MetaData.newBuilder().setFileName("f").setSize(-1)))));

        assertThat(metrics.get(0).get("value"))
                .hasToString(
                        "{columns=[{name=a, datatype=Int8}, {name=b, datatype=String}], rows=[[-1, x], [null, null]]}");
        assertThat(metrics.get(1).get("value"))
                .hasToString("{version=1, templateRef=motor, isDefinition=false, "
                        + "metrics=[{name=rpm, datatype=UInt32, isHistorical=false, isTransient=false, isNull=false, "
                        + "value=4294967295}], parameters=[{name=p, datatype=Boolean, value=true}]}");
        assertThat(metrics.get(1).get("properties"))
                .hasToString(
                        "{properties=[{key=q, datatype=Int32, isNull=false, value=192}, {key=more, datatype=PropertySet, "
                                + "isNull=false, value={properties=[{key=unit, datatype=String, isNull=false, value=C}]}}]}");
        assertThat(metrics.get(2).get("metadata")).hasToString("{size=-1, fileName=f}");
    }

    @Test
    void membersOfATemplateHaveTheTypesOfTheBirth() throws Exception {
        Payload birth = payload(metric("motor", 19)
                .setAlias(3)
                .setTemplateValue(
                        Template.newBuilder().addMetrics(metric("rpm", 2).setIntValue(0))));
        KnownMetrics known = codec.read(SparkplugTopic.parse("spBv1.0/plant/NBIRTH/edge-1"), birth.toByteArray())
                .metrics();
        Payload data = payload(Metric.newBuilder()
                .setAlias(3)
                .setTemplateValue(Template.newBuilder()
                        .addMetrics(Metric.newBuilder().setName("rpm").setIntValue(-1))));

        Map<String, Object> record = convert("spBv1.0/plant/NDATA/edge-1", data.toByteArray(), known);

        assertThat(Decoded.metrics(record).get(0).get("value"))
                .hasToString("{isDefinition=false, metrics=[{name=rpm, datatype=Int16, isHistorical=false, "
                        + "isTransient=false, isNull=false, value=-1}], parameters=[]}");
    }

    @Test
    void whatIsNotOfItsTypeIsNamedByItsPath() {
        assertThat(misfit(payload(metric("a", 3), metric("m", 1).setIntValue(300))))
                .hasMessage("$.metrics[1].value: expected Int8, found 300");
        assertThat(misfit(payload(metric("m", 5).setIntValue(-1))))
                .hasMessage("$.metrics[0].value: expected UInt8, found 4294967295");
        assertThat(misfit(payload(metric("m", 3).setStringValue("x"))))
                .hasMessage("$.metrics[0].value: expected Int32, found a string");
        assertThat(misfit(payload(metric("m", 16).setBytesValue(ByteString.EMPTY))))
                .hasMessage("$.metrics[0].value: expected DataSet, found bytes");
        assertThat(misfit(payload(metric("m", 35).setIntValue(1))))
                .hasMessage("$.metrics[0]: expected one of Sparkplug's, 0 to 34, found data type 35");
        assertThat(misfit(payload(metric("m", 24).setBytesValue(ByteString.copyFrom(new byte[3])))))
                .hasMessage("$.metrics[0].value: expected Int32Array, 4 bytes for each item, found 3 bytes");
        assertThat(misfit(payload(metric("m", 32).setBytesValue(ByteString.copyFrom(new byte[] {9, 0, 0, 0, 0})))))
                .hasMessageStartingWith("$.metrics[0].value: expected BooleanArray");
        assertThat(misfit(payload(metric("m", 33).setBytesValue(ByteString.copyFromUtf8("no end")))))
                .hasMessageStartingWith("$.metrics[0].value: expected StringArray");
        assertThat(misfit(payload(metric("m", 16)
                        .setDatasetValue(
                                DataSet.newBuilder().addColumns("a").addTypes(3).addRows(DataSet.Row.newBuilder())))))
                .hasMessage("$.metrics[0].value.rows[0]: expected 1 cells, found 0 cells");
        assertThat(misfit(payload(
                        metric("m", 16).setDatasetValue(DataSet.newBuilder().addColumns("a")))))
                .hasMessageContaining("1 names and 0 types of its columns");
        MisfitException properties = misfit(
                payload(metric("m", 3).setProperties(PropertySet.newBuilder().addKeys("k"))));
        assertThat(properties).hasMessage("$.metrics[0].properties: expected equally many, found 1 keys and 0 values");
        assertThat(properties.isMalformed()).isFalse();
    }

    @Test
    void whatIsNoProtobufIsMalformed() {
        for (byte[] bytes : List.of(
                "{\"temp\": 1}".getBytes(UTF_8),
                new byte[] {0x12, 0x7F},
                new byte[] {0x0C},
                // A name that is not UTF-8.
                new byte[] {0x12, 0x03, 0x0A, 0x01, (byte) 0xFF})) {
            MisfitException misfit = catchThrowableOfType(
                    MisfitException.class, () -> convert("spBv1.0/p/NDATA/e", bytes, KnownMetrics.NONE));
            assertThat(misfit.isMalformed()).isTrue();
            assertThat(misfit.path()).isEqualTo("$");
        }
    }

    @Test
    void depthAndSizeAreBounded() {
        Metric.Builder deep = metric("m", 19);
        for (int i = 0; i < 200; i++) {
            deep = metric("m", 19).setTemplateValue(Template.newBuilder().addMetrics(deep));
        }
        assertThat(misfit(payload(deep)).isMalformed()).isTrue();

        SparkplugCodec small = new SparkplugCodec(new ConvertLimits(64, 64, 8));
        byte[] booleans = new byte[20];
        booleans[0] = 127;
        byte[] payload = payload(metric("m", 32).setBytesValue(ByteString.copyFrom(booleans)))
                .toByteArray();
        assertThat(payload).hasSizeLessThan(64);
        assertThat(catchThrowableOfType(MisfitException.class, () -> {
                    SparkplugMessage read = small.read(SparkplugTopic.parse("spBv1.0/p/NDATA/e"), payload);
                    var unused = small.write(read, KnownMetrics.NONE, false, NO_PREFIX);
                }))
                .hasMessage("$: expected at most 64 bytes of Avro, found too much");
        assertThat(catchThrowableOfType(
                        MisfitException.class,
                        () -> small.read(SparkplugTopic.parse("spBv1.0/p/NDATA/e"), new byte[65])))
                .hasMessage("$: expected at most 64, found 65 bytes");
    }

    @Test
    void aHostApplicationSaysWhetherItIsThere() throws Exception {
        assertThat(convert(
                        "spBv1.0/STATE/scada",
                        "{\"online\": true, \"timestamp\": 1700000000000}".getBytes(UTF_8),
                        KnownMetrics.NONE))
                .isEqualTo(Map.of(
                        "type",
                        "STATE",
                        "host",
                        "scada",
                        "online",
                        true,
                        "timestamp",
                        1_700_000_000_000L,
                        "metrics",
                        List.of()));
        assertThat(catchThrowableOfType(
                        MisfitException.class,
                        () -> convert("spBv1.0/STATE/scada", "ONLINE".getBytes(UTF_8), KnownMetrics.NONE)))
                .isNotNull();
        assertThat(catchThrowableOfType(
                        MisfitException.class,
                        () -> convert("spBv1.0/STATE/scada", "{\"online\": 1}".getBytes(UTF_8), KnownMetrics.NONE)))
                .hasMessage("$.online: expected true or false, found something else");
    }

    @Test
    void theWholePayloadAndItsPrefixAreThere() throws Exception {
        Payload payload = Payload.newBuilder()
                .setUuid("u")
                .setBody(ByteString.copyFrom(new byte[] {1, 2}))
                .setSeq(255)
                .build();
        SparkplugMessage read = codec.read(SparkplugTopic.parse("spBv1.0/p/NCMD/e"), payload.toByteArray());
        byte[] value = codec.write(read, KnownMetrics.NONE, false, new byte[] {0, 0, 0, 0, 9})
                .value();

        assertThat(value).startsWith(0, 0, 0, 0, 9);
        byte[] avro = new byte[value.length - 5];
        System.arraycopy(value, 5, avro, 0, avro.length);
        assertThat(Decoded.record(avro))
                .contains(entry("uuid", "u"), entry("body", "0102"), entry("seq", 255L), entry("type", "NCMD"));
    }
}
