package io.sluice.mqtt.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mqtt.fake.FakeTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("all")
class LoopMailboxFailureTest {
    @Test
    void whatFailsDoesNotEndTheMailbox() {
        FakeTime time = new FakeTime();
        List<Integer> handled = new ArrayList<>();
        LoopMailbox<Integer> mailbox = new LoopMailbox<>(
                time.loop(),
                item -> {
                    if (item == 1) {
                        throw new OutOfMemoryError("as Netty's OutOfDirectMemoryError");
                    }
                    handled.add(item);
                },
                () -> {});
        mailbox.post(1);
        mailbox.post(2);
        assertThatThrownBy(time::run).isInstanceOf(OutOfMemoryError.class);
        time.run();
        mailbox.post(3);
        time.run();
        assertThat(handled).containsExactly(2, 3);
    }
}
