package io.sluice.mqtt.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.fake.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopMailboxTest {

    private final FakeTime time = new FakeTime();
    private final Loop loop = time.loop();
    private final List<String> events = new ArrayList<>();
    private final LoopMailbox<String> mailbox = new LoopMailbox<>(loop, this::onItem, () -> events.add("|"));

    private void onItem(String item) {
        events.add(item);
        if (item.startsWith("post ")) {
            mailbox.post(item.substring(5));
        }
    }

    @Test
    void handlesNothingBeforeTheLoopRuns() {
        mailbox.post("a");

        assertThat(events).isEmpty();
        assertThat(mailbox.size()).isEqualTo(1);
    }

    @Test
    void handlesItemsInTheirOrderAndWakesTheLoopOnceForThem() {
        mailbox.post("a");
        mailbox.post("b");
        mailbox.post("c");

        time.run();

        assertThat(events).containsExactly("a", "b", "c", "|");
        assertThat(mailbox.size()).isZero();
    }

    @Test
    void wakesTheLoopAgainWhenItWasEmpty() {
        mailbox.post("a");
        time.run();

        mailbox.post("b");
        time.run();

        assertThat(events).containsExactly("a", "|", "b", "|");
    }

    @Test
    void handlesWhatIsPostedMeanwhileInABatchOfItsOwn() {
        mailbox.post("post x");
        mailbox.post("b");

        time.run();

        assertThat(events).containsExactly("post x", "b", "|", "x", "|");
    }

    @Test
    void letsOtherWorkOfTheLoopComeInBetween() {
        mailbox.post("post x");
        loop.execute(() -> events.add("other"));

        time.run();

        assertThat(events).containsExactly("post x", "|", "other", "x", "|");
    }

    @Test
    void letsTheSocketsAndTimersComeInBetweenHoweverManyItemsThereAre() {
        for (int i = 0; i < 600; i++) {
            mailbox.post("x");
        }

        time.run();
        assertThat(events).as("in a row").hasSize(257).endsWith("|");

        time.advance(Duration.ZERO);
        assertThat(events).hasSize(603);
        assertThat(mailbox.size()).isZero();
    }

    @Test
    void letsThemComeInBetweenAlsoWhenItemsKeepComing() {
        List<Integer> handled = new ArrayList<>();
        List<LoopMailbox<Integer>> self = new ArrayList<>();
        LoopMailbox<Integer> endless = new LoopMailbox<>(
                loop,
                item -> {
                    handled.add(item);
                    self.get(0).post(item + 1);
                },
                () -> {});
        self.add(endless);
        endless.post(1);

        time.run();

        assertThat(handled).hasSize(256);
    }

    @Test
    void countsItemsUntilTheirBatchIsHandled() {
        List<Integer> sizes = new ArrayList<>();
        List<LoopMailbox<String>> self = new ArrayList<>();
        LoopMailbox<String> counting = new LoopMailbox<>(
                loop,
                item -> sizes.add(self.get(0).size()),
                () -> sizes.add(self.get(0).size()));
        self.add(counting);
        counting.post("a");
        counting.post("b");

        time.run();

        assertThat(sizes).containsExactly(2, 2, 0);
    }
}
