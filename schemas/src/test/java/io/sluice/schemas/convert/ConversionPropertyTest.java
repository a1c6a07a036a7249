package io.sluice.schemas.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.schemas.convert.JsonToAvro.UnknownFields;
import java.io.IOException;
import java.util.Comparator;
import java.util.Random;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.Test;

/** Random schemas and documents: what converts comes back, and what does not is named by its path. */
final class ConversionPropertyTest {

    private static final int CASES = 1_000;

    /** Another one by -Dseed=…; each failure prints its own. */
    private static final long SEED = Long.getLong("seed", 20_261_122L);

    private static final Comparator<JsonNode> NUMBERS_BY_VALUE = (a, b) -> {
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue());
        }
        return a.equals(b) ? 0 : 1;
    };

    private final JsonDocument documents = new JsonDocument(ConvertLimits.DEFAULTS);

    @Test
    void whatConvertsComesBackEqualAndAvrosOwnDecoderReadsIt() throws Exception {
        for (long seed = SEED; seed < SEED + CASES; seed++) {
            RandomCase random = new RandomCase(seed);
            byte[] json = random.sent().toString().getBytes(UTF_8);
            try {
                byte[] avro =
                        new JsonToAvro(random.schema(), UnknownFields.IGNORE, ConvertLimits.DEFAULTS).convert(json, 0);
                readByAvro(random, avro);
                AvroToJson reader = new AvroToJson(random.schema(), ConvertLimits.DEFAULTS);
                reader.check(avro, 0);
                JsonNode back = documents.read(reader.convert(avro, 0));
                assertThat(back.equals(NUMBERS_BY_VALUE, random.back()))
                        .as(
                                "seed %d, schema %s, sent %s, expected %s, came back %s",
                                seed, random.schema(), random.sent(), random.back(), back)
                        .isTrue();
            } catch (MisfitException misfit) {
                fail("seed %d, schema %s, document %s".formatted(seed, random.schema(), random.sent()), misfit);
            }
        }
    }

    private static void readByAvro(RandomCase random, byte[] avro) throws IOException {
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(avro, null);
        Object value = new GenericDatumReader<>(random.schema()).read(null, decoder);
        assertThat(value).isNotNull();
        assertThat(decoder.isEnd()).as("all bytes are read").isTrue();
    }

    @Test
    void whatDoesNotFitIsNamedByItsPath() {
        int spoiled = 0;
        for (long seed = SEED; seed < SEED + CASES; seed++) {
            RandomCase random = new RandomCase(seed);
            if (random.places().isEmpty()) {
                continue;
            }
            RandomCase.Place place =
                    random.places().get(new Random(seed).nextInt(random.places().size()));
            JsonNode strange = RandomCase.strange(place.schema());
            if (strange.isMissingNode()) {
                continue;
            }
            place.spoil().accept(strange);
            JsonToAvro converter = new JsonToAvro(random.schema(), UnknownFields.IGNORE, ConvertLimits.DEFAULTS);

            MisfitException misfit = catchThrowableOfType(
                    MisfitException.class,
                    () -> converter.convert(random.sent().toString().getBytes(UTF_8), 0));

            assertThat(misfit)
                    .as("seed %d, schema %s, document %s", seed, random.schema(), random.sent())
                    .isNotNull();
            assertThat(misfit.path())
                    .as("seed %d, schema %s, document %s", seed, random.schema(), random.sent())
                    .isEqualTo(place.path());
            assertThat(misfit.isMalformed()).isFalse();
            spoiled++;
        }
        assertThat(spoiled).as("documents that were spoiled").isGreaterThan(CASES / 2);
    }

    @Test
    void bytesCutOrChangedAreNeverMoreThanAMisfit() {
        Random random = new Random(SEED);
        int refused = 0;
        for (long seed = SEED; seed < SEED + CASES; seed++) {
            RandomCase some = new RandomCase(seed);
            AvroToJson reader = new AvroToJson(some.schema(), ConvertLimits.DEFAULTS);
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            MisfitException misfit = catchThrowableOfType(MisfitException.class, () -> reader.convert(bytes, 0));
            refused += misfit == null ? 0 : 1;
        }
        assertThat(refused).as("random bytes that were refused").isGreaterThan(CASES / 2);
    }
}
