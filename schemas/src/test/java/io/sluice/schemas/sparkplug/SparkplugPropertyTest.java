package io.sluice.schemas.sparkplug;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.schemas.convert.ConvertLimits;
import io.sluice.schemas.convert.MisfitException;
import io.sluice.schemas.sparkplug.proto.SparkplugProto.Payload;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random payloads come out as they went in, and bytes of strangers are refused or converted, never anything else. */
final class SparkplugPropertyTest {

    private static final int CASES = 2_000;
    private static final int HOSTILE_CASES = 50_000;

    /** Another one by -Dseed=…; each failure prints its own. */
    private static final long SEED = Long.getLong("seed", 20_261_122L);

    private static final byte[] NO_PREFIX = {};

    private final SparkplugCodec codec = new SparkplugCodec(ConvertLimits.DEFAULTS);

    private Map<String, Object> convert(byte[] payload) throws MisfitException, IOException {
        SparkplugMessage read = codec.read(SparkplugTopic.parse("spBv1.0/group/NDATA/edge"), payload);
        return Decoded.record(
                codec.write(read, read.metrics(), false, NO_PREFIX).value());
    }

    @Test
    void whatGoesInComesOut() throws Exception {
        for (long seed = SEED; seed < SEED + CASES; seed++) {
            RandomMessage message = new RandomMessage(seed);

            Map<String, Object> record = convert(message.payload().toByteArray());

            assertThat(Decoded.metrics(record)).as("seed %d", seed).isEqualTo(message.metrics());
        }
    }

    @Test
    void bytesOfStrangersAreConvertedOrRefused() throws IOException {
        Random random = new Random(SEED);
        int converted = 0;
        for (int i = 0; i < HOSTILE_CASES; i++) {
            byte[] bytes = i % 2 == 0 ? noise(random) : damaged(random, SEED + i % CASES);
            try {
                assertThat(convert(bytes)).containsKey("metrics");
                converted++;
            } catch (MisfitException misfit) {
                assertThat(misfit.misfits()).isNotEmpty();
            } catch (RuntimeException | Error thrown) {
                throw new AssertionError("seed " + SEED + ", case " + i + ": " + Arrays.toString(bytes), thrown);
            }
        }
        assertThat(converted).as("of them there are both").isBetween(100, HOSTILE_CASES - 1_000);
    }

    private static byte[] noise(Random random) {
        byte[] bytes = new byte[random.nextInt(64)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] damaged(Random random, long seed) {
        Payload payload = new RandomMessage(seed).payload();
        byte[] bytes = payload.toByteArray();
        if (bytes.length == 0) {
            return bytes;
        }
        int damages = 1 + random.nextInt(3);
        for (int i = 0; i < damages; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }
}
