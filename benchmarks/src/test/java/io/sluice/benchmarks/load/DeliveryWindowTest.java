package io.sluice.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryWindowTest {

    private final DeliveryWindow window = new DeliveryWindow(2, 4);
    private int wakeUps;

    @Test
    void theSlowestSubscriberSaysHowManyMayGo() {
        window.onPublished(3);

        window.onProgress(0, 3);
        window.onProgress(1, 1);

        assertThat(window.allowance()).isEqualTo(2);
    }

    @Test
    void aFullWindowOpensWhenHalfOfItIsFreeForAll() {
        window.onOpened(List.of(() -> wakeUps++));
        window.onPublished(4);
        assertThat(window.allowance()).isZero();

        window.onProgress(0, 4);
        window.onProgress(1, 1);
        assertThat(wakeUps).isZero();
        window.onProgress(1, 2);

        assertThat(wakeUps).isEqualTo(1);
        assertThat(window.allowance()).isEqualTo(2);
    }

    @Test
    void whatDoesNotMoveBetweenTwoChecksIsGivenUp() {
        window.onOpened(List.of(() -> wakeUps++));
        window.onPublished(4);
        window.allowance();
        window.onProgress(0, 3);

        window.onStallCheck();
        assertThat(window.stalls()).isZero();
        window.onStallCheck();

        assertThat(window.stalls()).isEqualTo(1);
        assertThat(wakeUps).isEqualTo(1);
        assertThat(window.allowance()).isEqualTo(4);
    }

    @Test
    void whatWasGivenUpMayStillCome() {
        window.onPublished(4);
        window.allowance();
        window.onStallCheck();
        window.onStallCheck();

        window.onProgress(0, 4);

        assertThat(window.allowance()).isEqualTo(4);
    }

    @Test
    void withoutSubscribersEverythingMayGo() {
        DeliveryWindow.OPEN.onPublished(1_000_000);

        assertThat(DeliveryWindow.OPEN.allowance()).isEqualTo(Integer.MAX_VALUE);
    }
}
