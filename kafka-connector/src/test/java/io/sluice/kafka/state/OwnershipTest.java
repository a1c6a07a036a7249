package io.sluice.kafka.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.state.Ownership.Claimed;
import org.junit.jupiter.api.Test;

final class OwnershipTest {

    private final Ownership ownership = new Ownership();

    private static Claimed claim(long epoch) {
        return new Claimed(epoch, "i/" + epoch, epoch);
    }

    @Test
    void theFirstClaimOwnsAtOnce() {
        assertThat(ownership.onClaim(claim(1))).isTrue();
        assertThat(ownership.owner()).isEqualTo(claim(1));
    }

    @Test
    void theNextWaitsForTheRelease() {
        ownership.onClaim(claim(1));
        assertThat(ownership.onClaim(claim(2))).isFalse();
        assertThat(ownership.owner()).isEqualTo(claim(1));

        assertThat(ownership.onContent(claim(1), false)).isTrue();

        assertThat(ownership.owner()).isEqualTo(claim(2));
        assertThat(ownership.waiting()).isNull();
    }

    @Test
    void thoseInBetweenNeverHaveTheirTurn() {
        ownership.onClaim(claim(1));
        ownership.onClaim(claim(2));
        ownership.onClaim(claim(3));

        ownership.onContent(claim(1), false);

        assertThat(ownership.owner()).isEqualTo(claim(3));
    }

    @Test
    void whatIsReleasedWithNobodyWaitingIsFree() {
        ownership.onClaim(claim(1));
        ownership.onContent(claim(1), true);
        assertThat(ownership.isFree()).isFalse();
        ownership.onContent(claim(1), false);
        assertThat(ownership.isFree()).isTrue();
    }

    @Test
    void anOwnerThatWasReleasedAndWakesUpIsNotHeard() {
        ownership.onClaim(claim(1));
        ownership.onContent(claim(1), true);
        ownership.onClaim(claim(2));
        // By its guardian.
        ownership.onContent(claim(1), false);
        ownership.onContent(claim(2), true);

        assertThat(ownership.onContent(claim(1), true)).isFalse();
        assertThat(ownership.onContent(claim(1), false)).isFalse();
        assertThat(ownership.onPart(1)).isFalse();
        assertThat(ownership.onPart(2)).isTrue();
        assertThat(ownership.owner()).isEqualTo(claim(2));
    }

    @Test
    void compactionMayLeaveTheClaimBeforeTheReleaseOfTheOneBefore() {
        // claim 1, content 1, claim 2, release 1: of the keys only the last records are left.
        assertThat(ownership.onClaim(claim(2))).isTrue();

        assertThat(ownership.onContent(claim(1), false))
                .as("the state that is left to 2")
                .isTrue();

        assertThat(ownership.owner()).isEqualTo(claim(2));
    }

    @Test
    void compactionMayLeaveTheContentWithoutTheClaim() {
        assertThat(ownership.onContent(claim(1), true)).isTrue();
        assertThat(ownership.owner()).isEqualTo(claim(1));
        assertThat(ownership.onPart(1)).isTrue();
    }
}
