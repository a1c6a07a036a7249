package io.sluice.benchmarks.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.schemas.convert.AvroToJson;
import io.sluice.schemas.convert.ConvertLimits;
import io.sluice.schemas.convert.JsonToAvro;
import io.sluice.schemas.convert.JsonToAvro.UnknownFields;
import io.sluice.schemas.convert.MisfitException;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a format costs for each message, of a record of ten fields: what a raw payload costs here is nothing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FormatBenchmark {

    private static final Schema SCHEMA = new Schema.Parser().parse("""
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
            """);
    private static final byte[] JSON = """
            {"device": "sensor-0042", "time": 1795350896123, "temperature": 21.53, "humidity": 48.2, "pressure": 1013.25,
             "battery": 87, "charging": false, "state": "OK", "firmware": "2.4.1", "count": 123456}
            """.getBytes(UTF_8);

    private final JsonToAvro toAvro = new JsonToAvro(SCHEMA, UnknownFields.IGNORE, ConvertLimits.DEFAULTS);
    private final AvroToJson toJson = new AvroToJson(SCHEMA, ConvertLimits.DEFAULTS);
    private final byte[] avro = avro();

    private byte[] avro() {
        try {
            return toAvro.convert(JSON, 0);
        } catch (MisfitException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@code json-to-avro}. */
    @Benchmark
    public byte[] jsonToAvro() throws MisfitException {
        return toAvro.convert(JSON, 5);
    }

    /** {@code avro}. */
    @Benchmark
    public int avroCheck() throws MisfitException {
        toJson.check(avro, 0);
        return avro.length;
    }

    /** The way back, {@code avro-to-json}. */
    @Benchmark
    public byte[] avroToJson() throws MisfitException {
        return toJson.convert(avro, 0);
    }
}
