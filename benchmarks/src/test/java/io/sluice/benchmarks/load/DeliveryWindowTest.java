package io.sluice.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryWindowTest {

    private final DeliveryWindow window = new DeliveryWindow(10, 4);
    private int wakeUps;

    @Test
    void aFullWindowOpensWhenHalfOfItIsDelivered() {
        window.onOpened(List.of(() -> wakeUps++));
        window.onPublished(4);
        assertThat(window.allowance()).isZero();

        window.onDelivered(19);
        assertThat(wakeUps).isZero();
        window.onDelivered(1);

        assertThat(wakeUps).isEqualTo(1);
        assertThat(window.allowance()).isEqualTo(2);
    }

    @Test
    void whatDoesNotMoveBetweenTwoChecksIsGivenUp() {
        window.onOpened(List.of(() -> wakeUps++));
        window.onPublished(4);
        window.allowance();
        window.onDelivered(3);

        window.onStallCheck();
        assertThat(window.stalls()).isZero();
        window.onStallCheck();

        assertThat(window.stalls()).isEqualTo(1);
        assertThat(wakeUps).isEqualTo(1);
        assertThat(window.allowance()).isEqualTo(4);
    }

    @Test
    void withoutSubscribersEverythingMayGo() {
        DeliveryWindow.OPEN.onPublished(1_000_000);

        assertThat(DeliveryWindow.OPEN.allowance()).isEqualTo(Integer.MAX_VALUE);
    }
}
