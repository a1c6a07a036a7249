package io.sluice.kafka.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Like a map, however many there are. */
final class PartsTest {

    @ParameterizedTest
    @ValueSource(ints = {3, Parts.FEW, Parts.FEW + 1, 60})
    void isAMap(int keys) {
        SplittableRandom random = new SplittableRandom(Long.getLong("seed", 1) + keys);
        Parts parts = new Parts();
        Map<String, byte[]> expected = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            // Now it grows, now it shrinks.
            boolean adds = random.nextInt(100) < (i / 500 % 2 == 0 ? 80 : 20);
            String key = "i" + random.nextInt(keys);
            byte[] value = {(byte) i};

            byte[] before = adds ? parts.put(key, value) : parts.remove(key);

            assertThat(before).isSameAs(adds ? expected.put(key, value) : expected.remove(key));
            assertThat(parts).hasSameSizeAs(expected);
            assertThat(parts.get(key)).isSameAs(expected.get(key));
            assertThat(parts.containsKey(key)).isEqualTo(expected.containsKey(key));
            assertThat(new HashMap<>(parts)).isEqualTo(expected);
        }
        parts.clear();
        assertThat(parts).isEmpty();
    }
}
