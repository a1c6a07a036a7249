package io.sluice.benchmarks.rounds;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.benchmarks.load.JsonLine;
import io.sluice.benchmarks.load.PayloadLoad;
import io.sluice.benchmarks.load.ProcessCpu;
import io.sluice.schemas.convert.ConvertLimits;
import io.sluice.schemas.convert.JsonToAvro;
import io.sluice.schemas.convert.JsonToAvro.UnknownFields;
import io.sluice.schemas.convert.MisfitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/** What the formats of ingress rules cost: a record of ten fields at QoS 1, in turn, on a Sluice of their own. */
final class FormatRounds {

    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration TIME = Duration.ofSeconds(8);

    /** Until the compiler has seen each. */
    private static final Duration FIRST_WARM_UP = Duration.ofSeconds(8);

    private static final String SCHEMA = """
            {"type": "record", "name": "Reading", "fields": [
              {"name": "device", "type": "string"},
              {"name": "time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
              {"name": "temperature", "type": "double"},
              {"name": "humidity", "type": "double"},
              {"name": "pressure", "type": ["null", "double"]},
              {"name": "battery", "type": "int"},
              {"name": "charging", "type": "boolean"},
              {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["OK", "LOW", "BROKEN"]}},
              {"name": "firmware", "type": "string"},
              {"name": "count", "type": "long"}]}
            """;

    private static final byte[] JSON = """
            {"device": "sensor-0042", "time": 1795350896123, "temperature": 21.53, "humidity": 48.2, "pressure": 1013.25, \
            "battery": 87, "charging": false, "state": "OK", "firmware": "2.4.1", "count": 123456}""".getBytes(UTF_8);

    private static final String RULES = """
            listeners: {mqtt: {type: tcp, bind: "127.0.0.1:%d"}}
            management: {bind: "127.0.0.1:0"}
            kafka: {bootstrap-servers: "%s"}
            schema-registry: {folder: "%s"}
            ingress:
              - {name: raw, filter: "raw/#", topic: formats-raw}
              - {name: avro, filter: "avro/#", topic: formats-avro, format: {type: avro, subject: reading}}
              - {name: json, filter: "json/#", topic: formats-json, format: {type: json-to-avro, subject: reading}}
            """;

    private final Stage stage;
    private final RoundsTable table;
    private final RoundsLog log;

    FormatRounds(Stage stage, RoundsTable table, RoundsLog log) {
        this.stage = stage;
        this.table = table;
        this.log = log;
    }

    /** A format, and what was measured of it. */
    private record Way(
            String title,
            String topic,
            byte[] payload,
            int raw,
            List<Double> perSecond,
            List<Double> share,
            List<Double> cpuMicros) {

        /** @param raw which of the ways has the same payload, raw */
        static Way of(String title, String topic, byte[] payload, int raw) {
            return new Way(title, topic, payload, raw, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    void measure(RoundsKafka kafka, int rounds) throws Exception {
        Path folder = Files.createDirectories(stage.dataFolder("formats"));
        Files.writeString(folder.resolve("reading.avsc"), SCHEMA);
        int port = stage.port();
        byte[] avro = avro();
        List<Way> ways = List.of(
                Way.of("raw, " + JSON.length + " bytes of JSON", "raw/a", JSON, 0),
                Way.of("json-to-avro of it", "json/a", JSON, 0),
                Way.of("raw, " + avro.length + " bytes of Avro", "raw/a", avro, 2),
                Way.of("avro, the same checked", "avro/a", avro, 2));
        try (Child sluice = stage.startSluice("sluice-formats", RULES.formatted(port, kafka.address(), folder), port);
                PayloadLoad load = new PayloadLoad(port)) {
            for (Way way : ways) {
                Rounds.say("formats: warming up " + way.title);
                load.run(way.topic, way.payload, Duration.ZERO, FIRST_WARM_UP);
            }
            for (int round = 1; round <= rounds; round++) {
                for (Way way : ways) {
                    measure(way, round, load, sluice);
                }
                for (Way way : ways) {
                    int last = round - 1;
                    way.share.add(way.perSecond.get(last)
                            / ways.get(way.raw).perSecond.get(last));
                }
            }
        }
        ways.forEach(way -> table.addFormat(way.title, way.perSecond, way.share, way.cpuMicros));
    }

    private void measure(Way way, int round, PayloadLoad load, Child sluice) throws InterruptedException {
        double cpuBefore = ProcessCpu.seconds(sluice.pid());
        long before = load.acknowledged();
        double perSecond = load.run(way.topic, way.payload, WARM_UP, TIME);
        double cpu = (ProcessCpu.seconds(sluice.pid()) - cpuBefore) * 1e6 / (load.acknowledged() - before);
        sluice.requireAlive();
        way.perSecond.add(perSecond);
        way.cpuMicros.add(cpu);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", way.title);
        json.put("messagesPerSecond", perSecond);
        json.put("serverCpuMicros", cpu);
        log.write(Workload.FORMATS, round, Server.SLUICE.title(), json);
        Rounds.say("formats, round " + round + ": " + JsonLine.of(json));
    }

    private static byte[] avro() throws IOException {
        try {
            Schema schema = new Schema.Parser().parse(SCHEMA);
            return new JsonToAvro(schema, UnknownFields.IGNORE, ConvertLimits.DEFAULTS).convert(JSON, 0);
        } catch (MisfitException e) {
            throw new IOException("the document does not fit its schema", e);
        }
    }
}
