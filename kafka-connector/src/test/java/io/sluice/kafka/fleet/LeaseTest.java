package io.sluice.kafka.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LeaseTest {

    private long now = 1_000;
    private final Lease lease = new Lease(() -> now);
    private final List<String> run = new ArrayList<>();

    @Test
    void isNotValidBeforeTheFirstWord() {
        assertThat(lease.isValid()).isFalse();
    }

    @Test
    void isValidUntilItsTimeIsOver() {
        lease.extend(3_000);

        now = 2_999;
        assertThat(lease.isValid()).isTrue();
        now = 3_000;
        assertThat(lease.isValid()).isFalse();
    }

    @Test
    void whoWaitsRunsWhenItIsExtendedAndOnceOnly() {
        lease.whenValid(() -> run.add("a"));
        assertThat(run).isEmpty();
        assertThat(lease.waiting()).isEqualTo(1);

        lease.extend(3_000);
        lease.extend(4_000);

        assertThat(run).containsExactly("a");
    }

    @Test
    void whoComesWhileItIsValidRunsAtOnce() {
        lease.extend(3_000);

        lease.whenValid(() -> run.add("a"));

        assertThat(run).containsExactly("a");
    }

    @Test
    void isNeverValidAgainWhenItHasEnded() {
        lease.extend(3_000);
        lease.whenValid(() -> run.add("before"));

        lease.end();
        lease.extend(5_000);

        assertThat(lease.isValid()).isFalse();
        assertThat(lease.isEnded()).isTrue();
        assertThat(run).containsExactly("before");
    }
}
