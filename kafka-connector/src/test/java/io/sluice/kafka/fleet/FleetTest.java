package io.sluice.kafka.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FleetTest {

    private static final long TIMEOUT = 2_000;

    private final Fleet fleet = new Fleet("b/2", TIMEOUT);

    FleetTest() {
        fleet.onBeat("a/1", 100, 0);
        fleet.onBeat("b/2", 200, 0);
        fleet.onBeat("c/3", 300, 0);
    }

    @Test
    void theOldestGuards() {
        assertThat(fleet.guardian(List.of())).isEqualTo("a/1");
    }

    @Test
    void ofTwoThatStartedAtTheSameTimeOneGuardsWhoeverLooks() {
        fleet.onBeat("0/9", 100, 0);

        assertThat(fleet.guardian(List.of())).isEqualTo("0/9");
    }

    @Test
    void whoIsSilentForTooLongIsOverdueAndDoesNotGuard() {
        fleet.onBeat("c/3", 300, 1_500);

        List<String> overdue = fleet.overdue(2_001, 0);

        assertThat(overdue).containsExactly("a/1");
        assertThat(fleet.guardian(overdue)).isEqualTo("b/2");
    }

    @Test
    void nobodyIsOverdueWhileThisInstanceDoesNotHearTheOthers() {
        assertThat(fleet.overdue(10_000, 9_000)).isEmpty();
        assertThat(fleet.overdue(11_001, 9_000)).containsExactlyInAnyOrder("a/1", "c/3");
    }

    @Test
    void whoIsGoneStaysGone() {
        assertThat(fleet.onGone("a/1", false)).isTrue();
        assertThat(fleet.onGone("a/1", false)).isFalse();

        fleet.onBeat("a/1", 100, 5);

        assertThat(fleet.isAlive("a/1")).isFalse();
        assertThat(fleet.isGone("a/1")).isTrue();
        assertThat(fleet.guardian(List.of())).isEqualTo("b/2");
    }

    @Test
    void theTransactionsOfTheDeadAreOpenUntilSomebodySaysThatTheyAreEnded() {
        fleet.onGone("a/1", false);
        fleet.onGone("c/3", false);

        fleet.onGone("a/1", true);
        // A late word of an earlier guardian.
        fleet.onGone("a/1", false);

        assertThat(fleet.unfenced()).containsExactly("c/3");
    }

    @Test
    void anEarlierProcessOfTheSameNameIsDead() {
        fleet.onBeat("b/1", 150, 0);

        assertThat(fleet.earlier("b")).containsExactly("b/1");
        assertThat(fleet.isReplaced()).isFalse();
    }

    @Test
    void aLaterProcessOfTheSameNameTakesItsPlace() {
        fleet.onBeat("b/3", 400, 0);

        assertThat(fleet.isReplaced()).isTrue();
    }

    @Test
    void theLongGoneAreForgottenAndNotAliveForThat() {
        for (int i = 0; i < 10_001; i++) {
            fleet.onGone("x/" + i, true);
        }

        assertThat(fleet.isGone("x/0")).isFalse();
        assertThat(fleet.isAlive("x/0")).isFalse();
        assertThat(fleet.isGone("x/10000")).isTrue();
    }
}
