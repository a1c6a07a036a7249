package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.port.Failpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A publisher whose server halts: RELIABILITY.md Q1-2 to Q2-7, and R-1. */
final class HaltedPublisher {

    private static final String PUBLISHER = "publisher";
    private static final String WATCHER = "watcher";
    /** How often a client may repeat what it has no answer for. */
    private static final int REPETITIONS = 10;

    private HaltedPublisher() {}

    static void atLeastOnce(HaltCase at) throws Exception {
        String topic = at.topic();
        at.subscribe(WATCHER, topic, 1);
        try (RawClient client = at.resume(PUBLISHER)) {
            // Settled: the process is past the points of this message.
            client.publish(topic, "a").settled();
            at.arm();
            client.send(client.publication(topic, "b", 1, false, 11), client.publication(topic, "c", 1, false, 12));

            List<ReceivedPacket> answers = HaltCase.untilClosed(client);

            at.awaitHalt();
            if (at.point() == Failpoint.Q1_5) {
                assertThat(answers).extracting(ReceivedPacket::packetId).contains(11);
            } else {
                assertThat(answers).as("answers").isEmpty();
            }
        }
        try (RawClient client = at.resumePresent(PUBLISHER)) {
            client.send(
                    HaltCase.again(client.publication(topic, "b", 1, false, 11)),
                    HaltCase.again(client.publication(topic, "c", 1, false, 12)));
            client.assertAnswered(Wire.PUBACK, 11);
            client.assertAnswered(Wire.PUBACK, 12);
            client.publish(topic, "end");
        }
        List<String> records = at.records(topic);
        assertThat(records.stream().distinct()).as("first copies").containsExactly("a", "b", "c", "end");
        assertThat(Collections.frequency(records, "a")).as("copies of a").isEqualTo(1);
        int copies = Collections.frequency(records, "b");
        switch (at.point()) {
            case Q1_2 -> assertThat(records).containsExactly("a", "b", "c", "end");
            case Q1_4, Q1_5 -> assertThat(copies).as("copies of b").isEqualTo(2);
            default -> assertThat(copies).as("copies of b").isBetween(1, 2);
        }
        assertThat(Collections.frequency(records, "c")).as("copies of c").isBetween(1, 2);
        assertWatched(at, topic, records);
    }

    /** Who was subscribed gets what is in Kafka, in that order, and nothing else. */
    private static void assertWatched(HaltCase at, String topic, List<String> records) throws IOException {
        try (RawClient watcher = at.resumePresent(WATCHER)) {
            List<String> watched = watcher.payloadsUntil("end");
            watched.add("end");
            assertThat(watched).as("delivered of %s", topic).isEqualTo(records);
        }
    }

    static void exactlyOnce(HaltCase at) throws Exception {
        String topic = at.topic();
        at.subscribe(WATCHER, topic, 2);
        try (RawClient client = at.resume(PUBLISHER)) {
            client.publish(topic, "a", 2, false).settled();
            at.arm();
            client.send(client.publication(topic, "b", 2, false, 7));

            List<ReceivedPacket> answers = HaltCase.untilClosed(client);

            at.awaitHalt();
            assertThat(answers).as("answers").hasSize(at.point() == Failpoint.Q2_5 ? 1 : 0);
        }
        for (int i = 0; i < REPETITIONS; i++) {
            try (RawClient client = at.resumePresent(PUBLISHER)) {
                client.send(HaltCase.again(client.publication(topic, "b", 2, false, 7)));
                client.assertAnswered(Wire.PUBREC, 7);
            }
        }
        try (RawClient client = at.resumePresent(PUBLISHER)) {
            client.send(Wire.answer(Wire.PUBREL, 7));
            client.assertAnswered(Wire.PUBCOMP, 7);
            assertIdIsFree(at, client, topic);
        }
    }

    static void releasing(HaltCase at) throws Exception {
        String topic = at.topic();
        at.subscribe(WATCHER, topic, 2);
        try (RawClient client = at.resume(PUBLISHER)) {
            client.publish(topic, "a", 2, false);
            client.send(client.publication(topic, "b", 2, false, 7));
            client.assertAnswered(Wire.PUBREC, 7);
            at.arm();
            client.send(Wire.answer(Wire.PUBREL, 7));

            assertThat(HaltCase.untilClosed(client)).as("answers").isEmpty();

            at.awaitHalt();
        }
        List<Integer> codes = new ArrayList<>();
        try (RawClient client = at.resumePresent(PUBLISHER)) {
            for (int i = 0; i < REPETITIONS; i++) {
                client.send(Wire.answer(Wire.PUBREL, 7));
                ReceivedPacket answer = client.next();
                assertThat(answer.type()).isEqualTo(Wire.PUBCOMP);
                assertThat(answer.packetId()).isEqualTo(7);
                codes.add(answer.reasonCode());
            }
            assertIdIsFree(at, client, topic);
        }
        int unknown = at.isMqtt5() ? 0x92 : 0;
        assertThat(codes.get(0)).as("code of the first PUBCOMP").isEqualTo(at.point() == Failpoint.Q2_6 ? 0 : unknown);
        assertThat(codes.subList(1, codes.size())).as("codes of PUBCOMP").containsOnly(unknown);
    }

    private static void assertIdIsFree(HaltCase at, RawClient client, String topic) throws IOException {
        for (String payload : List.of("c", "end")) {
            client.send(client.publication(topic, payload, 2, false, 7));
            client.assertAnswered(Wire.PUBREC, 7);
            client.send(Wire.answer(Wire.PUBREL, 7));
            client.assertAnswered(Wire.PUBCOMP, 7);
        }
        List<String> records = at.records(topic);
        assertThat(records).containsExactly("a", "b", "c", "end");
        assertWatched(at, topic, records);
    }

    static void retained(HaltCase at) throws Exception {
        String topic = at.topic();
        int qos = at.point() == Failpoint.R_1A ? 1 : 2;
        int answer = qos == 1 ? Wire.PUBACK : Wire.PUBREC;
        try (RawClient client = at.resume(PUBLISHER)) {
            client.publish(topic, "before", qos, true);
            at.arm();
            client.send(client.publication(topic, "new", qos, true, 7));

            assertThat(HaltCase.untilClosed(client)).as("answers").isEmpty();

            at.awaitHalt();
        }
        assertThat(at.retained(topic)).isEqualTo("before");
        try (RawClient client = at.resumePresent(PUBLISHER)) {
            client.send(HaltCase.again(client.publication(topic, "new", qos, true, 7)));
            client.assertAnswered(answer, 7);
            assertThat(at.retained(topic)).isEqualTo("new");
        }
        assertThat(at.records(topic)).isEqualTo(qos == 1 ? List.of("before", "new", "new") : List.of("before", "new"));
    }
}
