package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.MessageProperties;
import io.sluice.mqtt.message.Payload;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.LogPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedDispatchTest {

    private static final LogPartition PARTITION = new LogPartition("t", 0);
    private static final SharedDispatch.Limits LIMITS = new SharedDispatch.Limits(4, 100, 1000);

    private final Map<String, List<SharedMessage>> handed = new HashMap<>();
    private long offset;

    private SharedDispatch<String> dispatch(ShareStrategy strategy) {
        return new SharedDispatch<>(
                strategy, LIMITS, (member, message) -> handed(member).add(message));
    }

    private List<SharedMessage> handed(String member) {
        return handed.computeIfAbsent(member, ignored -> new ArrayList<>());
    }

    private SharedMessage message(@Nullable String publisher, String topic, String payload) {
        Message message = new Message(
                TopicName.of(topic),
                Qos.AT_LEAST_ONCE,
                false,
                Payload.of(payload),
                MessageProperties.NONE,
                publisher == null ? null : new ClientId(publisher));
        return new SharedMessage(new OutboundMessage(message), PARTITION, offset++, DeliverySource.TAIL, 1);
    }

    private SharedMessage message(String topic) {
        return message(null, topic, "x");
    }

    private static void join(SharedDispatch<String> dispatch, String member, int credit) {
        dispatch.join(member, member.hashCode(), credit);
    }

    @Test
    void roundRobinGivesToEachInTurn() {
        SharedDispatch<String> dispatch = dispatch(ShareStrategy.ROUND_ROBIN);
        join(dispatch, "a", 10);
        join(dispatch, "b", 10);
        for (int i = 0; i < 6; i++) {
            assertThat(dispatch.offer(message("t"))).isTrue();
        }

        assertThat(handed("a")).hasSize(3);
        assertThat(handed("b")).hasSize(3);
    }

    @Test
    void aPublishersMessagesGoToOneMemberWhateverTheTopic() {
        SharedDispatch<String> dispatch = dispatch(ShareStrategy.PUBLISHER);
        List.of("a", "b", "c").forEach(member -> join(dispatch, member, 100));
        for (int i = 0; i < 20; i++) {
            dispatch.offer(message("p", "t/" + i, "x"));
        }

        assertThat(handed).hasSize(1);
    }

    @Test
    void keysAreSpreadOverTheMembers() {
        SharedDispatch<String> dispatch = dispatch(ShareStrategy.PUBLISHER);
        List.of("a", "b", "c", "d").forEach(member -> join(dispatch, member, 1000));
        for (int i = 0; i < 400; i++) {
            dispatch.offer(message("device-" + i, "t", ""));
        }

        List.of("a", "b", "c", "d")
                .forEach(member -> assertThat(handed(member)).as(member).hasSizeBetween(60, 140));
    }

    @Test
    void whatIsUnfinishedGoesToAnotherInItsOrderAndBeforeWhatFollows() {
        SharedDispatch<String> dispatch = dispatch(ShareStrategy.TOPIC);
        join(dispatch, "a", 2);
        List<SharedMessage> all = List.of(message("t"), message("t"), message("t"));
        all.forEach(dispatch::offer);
        join(dispatch, "b", 10);
        assertThat(handed("b")).as("the key is with a").isEmpty();

        assertThat(dispatch.leave("a")).isEqualTo(2);

        assertThat(handed("b")).containsExactlyElementsOf(all);
        assertThat(dispatch.unfinished()).containsEntry(PARTITION, List.of(0L, 1L, 2L));
    }

    @Test
    void whatWasFinishedIsNobodyElses() {
        SharedDispatch<String> dispatch = dispatch(ShareStrategy.TOPIC);
        join(dispatch, "a", 10);
        SharedMessage kept = message("t");
        dispatch.offer(kept);
        dispatch.finish(kept);
        join(dispatch, "b", 10);

        assertThat(dispatch.leave("a")).isZero();
        assertThat(handed("b")).isEmpty();
        assertThat(dispatch.unfinishedCount()).isZero();
    }

    @Test
    void whatWasFinishedAndNotSentIsAnothers() {
        SharedDispatch<String> dispatch = dispatch(ShareStrategy.TOPIC);
        join(dispatch, "a", 10);
        SharedMessage message = message("t");
        dispatch.offer(message);
        dispatch.finish(message);

        dispatch.giveBack(message);
        dispatch.leave("a");
        join(dispatch, "b", 10);

        assertThat(handed("b")).containsExactly(message);
    }

    @Test
    void aFullMemberHoldsUpItsKeysAndNoOthers() {
        SharedDispatch<String> dispatch = dispatch(ShareStrategy.TOPIC);
        join(dispatch, "a", 1);
        SharedMessage first = message("t");
        dispatch.offer(first);
        join(dispatch, "b", 10);

        assertThat(dispatch.offer(message("t"))).as("waits for a").isTrue();
        assertThat(dispatch.offer(message("u"))).as("goes to b").isTrue();

        assertThat(handed("a")).containsExactly(first);
        assertThat(handed("b")).hasSize(1);
        assertThat(dispatch.waitingCount()).isEqualTo(1);
    }

    @Test
    void isFullAndSaysSo() {
        SharedDispatch<String> dispatch = dispatch(ShareStrategy.ROUND_ROBIN);
        join(dispatch, "a", 1);
        for (int i = 0; i < 1 + LIMITS.waitingMessagesMax(); i++) {
            assertThat(dispatch.offer(message("t"))).isTrue();
        }

        assertThat(dispatch.offer(message("t"))).isFalse();
        assertThat(dispatch.isLow()).isFalse();
        assertThat(dispatch.unfinishedCount()).isEqualTo(1 + LIMITS.waitingMessagesMax());
    }

    @Test
    void whoFinishesNothingIsPassedOverAndComesBack() {
        SharedDispatch<String> dispatch = dispatch(ShareStrategy.TOPIC);
        join(dispatch, "a", 1);
        SharedMessage held = message("t");
        dispatch.offer(held);
        join(dispatch, "b", 10);
        SharedMessage next = message("t");
        dispatch.offer(next);
        for (int i = 1; i < SharedDispatch.STALLED_TICKS; i++) {
            assertThat(dispatch.tick()).isZero();
        }
        assertThat(handed("b")).isEmpty();

        assertThat(dispatch.tick()).isEqualTo(1);

        assertThat(handed("b")).containsExactly(next);
        dispatch.finish(held);
        dispatch.finish(next);
        assertThat(dispatch.unfinishedCount()).isZero();
    }

    @Test
    void whoIsIdleIsNotStalled() {
        SharedDispatch<String> dispatch = dispatch(ShareStrategy.TOPIC);
        join(dispatch, "a", 1);
        for (int i = 0; i < 2 * SharedDispatch.STALLED_TICKS; i++) {
            assertThat(dispatch.tick()).isZero();
        }
    }

    @Test
    void expectedMessagesAreUnfinishedUntilTheyAreThereOrLost() {
        SharedDispatch<String> dispatch = dispatch(ShareStrategy.TOPIC);
        dispatch.expect(PARTITION, 7);
        dispatch.expect(PARTITION, 8);

        dispatch.lost(PARTITION, 7);

        assertThat(dispatch.unfinished()).containsEntry(PARTITION, List.of(8L));
    }

    @Test
    void manyBytesAreCreditToo() {
        SharedDispatch<String> dispatch = dispatch(ShareStrategy.ROUND_ROBIN);
        join(dispatch, "a", 100);
        dispatch.offer(message(null, "t", "x".repeat(900)));
        dispatch.offer(message(null, "t", "x".repeat(200)));

        assertThat(handed("a")).hasSize(1);
        assertThat(dispatch.waitingCount()).isEqualTo(1);
    }
}
