package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketIdsTest {

    private final Set<Integer> inUse = new HashSet<>();
    private final PacketIds ids = new PacketIds(inUse::contains);

    @Test
    void beginAtOneAndGoUp() {
        List<Integer> given = List.of(ids.next(), ids.next(), ids.next());

        assertThat(given).containsExactly(1, 2, 3);
    }

    @Test
    void comeAgainOnlyAfterAFullCircle() {
        Set<Integer> circle = new HashSet<>();
        for (int i = 0; i < 65_535; i++) {
            circle.add(ids.next());
        }

        int afterCircle = ids.next();

        assertThat(circle).hasSize(65_535).doesNotContain(0, 65_536);
        assertThat(afterCircle).isEqualTo(1);
    }

    @Test
    void passOverThoseInUse() {
        inUse.addAll(Set.of(1, 2, 4));

        List<Integer> given = List.of(ids.next(), ids.next());

        assertThat(given).containsExactly(3, 5);
    }

    @Test
    void findTheOnlyFreeOne() {
        for (int id = 1; id <= 65_535; id++) {
            inUse.add(id);
        }
        inUse.remove(40_000);

        assertThat(ids.next()).isEqualTo(40_000);
        assertThat(ids.next()).isEqualTo(40_000);
    }

    @Test
    void failWhenAllAreInUse() {
        PacketIds none = new PacketIds(id -> true);

        assertThatThrownBy(none::next)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("all 65535 in use");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void areNeverZeroNorInUseWhateverIsAcknowledged(long seed) {
        Random random = new Random(seed);
        List<Integer> unacknowledged = new ArrayList<>();
        for (int delivery = 0; delivery < 70_000; delivery++) {
            int id = ids.next();
            assertThat(id >= 1 && id <= 65_535 && inUse.add(id))
                    .as("id %d of delivery %d", id, delivery)
                    .isTrue();
            unacknowledged.add(id);
            while (unacknowledged.size() >= 100 || (!unacknowledged.isEmpty() && random.nextBoolean())) {
                inUse.remove(unacknowledged.remove(random.nextInt(unacknowledged.size())));
            }
        }
    }
}
