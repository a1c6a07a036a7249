package io.sluice.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.Qos;
import io.sluice.mqtt.port.LogPartition;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SendWindowTest {

    private static final LogPartition PARTITION = new LogPartition("a", 0);

    private static Delivery delivery(long offset, Qos qos, String payload) {
        return new Delivery(
                new OutboundMessage(Message.of("a/1", qos, payload)),
                PARTITION,
                offset,
                qos,
                false,
                new int[0],
                DeliverySource.TAIL);
    }

    private static Delivery delivery(long offset) {
        return delivery(offset, Qos.AT_LEAST_ONCE, "12345678");
    }

    private static InFlight inFlight(int packetId) {
        return new InFlight(packetId, PARTITION, packetId, null, Qos.AT_LEAST_ONCE, packetId);
    }

    @Nested
    class TheWindow {

        private final SendWindow window = new SendWindow(2, 4, 1_000);

        @Test
        void isFullAtItsLimit() {
            window.sent(delivery(0));
            assertThat(window.hasRoom()).isTrue();

            window.sent(delivery(1));

            assertThat(window.hasRoom()).isFalse();
            assertThat(window.isStraight()).isFalse();
        }

        @Test
        void slidesWhenTheOldestIsAcknowledged() {
            int oldest = window.sent(delivery(0)).packetId;
            int newest = window.sent(delivery(1)).packetId;

            window.finish(oldest);

            assertThat(window.hasRoom()).isTrue();
            assertThat(window.get(oldest)).isNull();
            assertThat(window.get(newest)).isNotNull();
        }

        @Test
        void slidesWhicheverIsAcknowledged() {
            int oldest = window.sent(delivery(0)).packetId;
            int newest = window.sent(delivery(1)).packetId;

            window.finish(newest);

            assertThat(window.hasRoom()).isTrue();
            assertThat(window.get(oldest)).isNotNull();
        }

        @Test
        void keepsTheOrderOfSendingWhateverIsAcknowledgedInBetween() {
            SendWindow wide = new SendWindow(5, 4, 1_000);
            for (int offset = 0; offset < 4; offset++) {
                wide.sent(delivery(offset));
            }

            wide.finish(2);
            wide.sent(delivery(4));

            assertThat(wide.inFlight()).extracting(each -> each.offset).containsExactly(0L, 2L, 3L, 4L);
        }

        @Test
        void ignoresAnUnknownPacketId() {
            window.sent(delivery(0));

            window.finish(77);

            assertThat(window.inFlightCount()).isEqualTo(1);
        }

        @Test
        void keepsNoPayloadOfTheLogs() {
            InFlight sent = window.sent(delivery(3));

            assertThat(sent.retained).isNull();
            assertThat(sent.offset).isEqualTo(3);
        }
    }

    @Nested
    class RestoredDeliveries {

        private final SendWindow window = new SendWindow(1, 4, 1_000);

        @Test
        void doNotCountUntilTheyAreSentAgain() {
            InFlight first = inFlight(1);
            window.restore(first);
            window.restore(inFlight(2));
            assertThat(window.hasRoom()).isTrue();

            window.resent(first);

            assertThat(window.hasRoom()).isFalse();
            assertThat(window.unsentCount()).isEqualTo(1);
        }

        @Test
        void doNotCountWhenTheyAreFinishedBeforeThat() {
            window.restore(inFlight(1));
            window.restore(inFlight(2));

            window.finish(1);

            assertThat(window.unsentCount()).isEqualTo(1);
            assertThat(window.inFlightCount()).isEqualTo(1);
            assertThat(window.hasRoom()).isTrue();
        }

        @Test
        void keepTheirPacketIds() {
            window.restore(inFlight(1));

            int next = window.sent(delivery(9)).packetId;

            assertThat(next).isEqualTo(2);
        }

        @Test
        void areAheadOfWhatIsSentNew() {
            SendWindow wide = new SendWindow(5, 4, 1_000);
            wide.restore(inFlight(7));

            wide.sent(delivery(20));

            assertThat(wide.inFlight()).extracting(each -> each.offset).containsExactly(7L, 20L);
        }
    }

    @Nested
    class TheBuffer {

        private final SendWindow window = new SendWindow(1, 2, 16);

        @Test
        void isPassedOnlyWhenNothingWaits() {
            assertThat(window.isStraight()).isTrue();

            assertThat(window.offer(delivery(0))).isTrue();

            assertThat(window.isStraight()).isFalse();
        }

        @Test
        void refusesOneMoreThanItsMessages() {
            SendWindow wide = new SendWindow(1, 2, 1_000);
            wide.offer(delivery(0));
            wide.offer(delivery(1));

            assertThat(wide.offer(delivery(2))).isFalse();
        }

        @Test
        void refusesMoreThanItsBytes() {
            window.offer(delivery(0, Qos.AT_LEAST_ONCE, "123456789"));

            assertThat(window.offer(delivery(1))).isFalse();
        }

        @Test
        void takesOneMessageHoweverLargeItIs() {
            assertThat(window.offer(delivery(0, Qos.AT_LEAST_ONCE, "x".repeat(1_000))))
                    .isTrue();

            assertThat(window.offer(delivery(1, Qos.AT_LEAST_ONCE, ""))).isFalse();
        }

        @Test
        void countsItsBytesDownAsItEmpties() {
            window.offer(delivery(0, Qos.AT_LEAST_ONCE, "x".repeat(1_000)));

            window.poll();

            assertThat(window.isBufferLow()).isTrue();
            assertThat(window.offer(delivery(1))).isTrue();
            assertThat(window.offer(delivery(2))).isTrue();
        }

        @Test
        void isLowAtHalfOfMessagesAndBytes() {
            SendWindow wide = new SendWindow(1, 4, 32);
            wide.offer(delivery(0));
            wide.offer(delivery(1));
            assertThat(wide.isBufferLow()).isTrue();

            wide.offer(delivery(2));

            assertThat(wide.isBufferLow()).isFalse();
        }

        @Test
        void givesBackWhatItTookInOrder() {
            List<Delivery> offered = List.of(delivery(0), delivery(1));
            offered.forEach(window::offer);

            Delivery first = window.peek();
            window.poll();
            Delivery second = window.peek();

            assertThat(first).isSameAs(offered.get(0));
            assertThat(second).isSameAs(offered.get(1));
        }
    }

    @Nested
    class TheLowestBufferedOffset {

        private final SendWindow window = new SendWindow(1, 4, 1_000);

        @Test
        void isThatOfThePartitionAskedFor() {
            window.offer(delivery(5));
            window.offer(delivery(6));

            assertThat(window.lowestBuffered(PARTITION)).isEqualTo(5);
            assertThat(window.lowestBuffered(new LogPartition("b", 0))).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void isNotHiddenByAHigherOneAtQos0() {
            window.offer(delivery(200, Qos.AT_MOST_ONCE, "tail"));
            window.offer(delivery(100, Qos.AT_LEAST_ONCE, "sweep"));

            assertThat(window.lowestBuffered(PARTITION)).isEqualTo(100);
        }

        @Test
        void leavesOutQos0WhichNobodyIsOwed() {
            window.offer(delivery(3, Qos.AT_MOST_ONCE, "tail"));

            assertThat(window.lowestBuffered(PARTITION)).isEqualTo(Long.MAX_VALUE);
        }
    }
}
