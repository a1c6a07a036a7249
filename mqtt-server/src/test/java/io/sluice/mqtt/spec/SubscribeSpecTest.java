package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** SUBSCRIBE and SUBACK (sections 3.8 and 3.9). */
final class SubscribeSpecTest extends SpecTest {

    private static final int NO_LOCAL = 0x04;

    @EachVersion
    @Conforms(mqtt5 = "3.8.3-2", mqtt3 = "3.8.3-3")
    void aSubscribeHasAFilter(Version version) throws IOException {
        connect(version).send(Wire.subscribe(version, 1, 0)).assertRefused(0x82);
    }

    @EachVersion
    @Conforms(mqtt5 = "3.8.3-5", mqtt3 = "3.8.3-4")
    void reservedOptionsEndTheConnection(Version version) throws IOException {
        int[] wrong = version.is5() ? new int[] {0x40, 0x80, 0xC0} : new int[] {0x04, 0x08, 0x10, 0x20, 0x40, 0x80};
        for (int options : wrong) {
            connect(version).send(Wire.subscribe(version, 1, options, "a")).assertRefused(0x81);
        }
        connect(version).send(Wire.subscribe(version, 1, 0x03, "a")).assertRefused(0x82);
        if (version.is5()) {
            connect(version).send(Wire.subscribe(version, 1, 0x30, "a")).assertRefused(0x82);
        }
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.8.4-1", "3.8.4-2", "3.8.4-5", "3.8.4-6", "3.8.4-7", "3.9.3-1", "3.9.3-2", "4.7.1-1", "4.7.1-2"},
            mqtt3 = {"3.8.4-1", "3.8.4-2", "3.8.4-4", "3.8.4-5", "3.9.3-1", "3.9.3-2", "4.7.1-2", "4.7.1-3"})
    void thereIsACodeForEachFilterInTheirOrder(Version version) throws IOException {
        Device device = connect(version);
        List<byte[]> entries = new ArrayList<>();
        List<Integer> codes = new ArrayList<>();
        String level = SpecServer.unique("l");
        for (int i = 0; i < 100; i++) {
            entries.add(Wire.join(Wire.text(level + "/" + i), Wire.u8(i % 3)));
            codes.add(i % 3);
        }
        for (String wrong : List.of("a#", "a/#/b", "##", "a+", "+a", "a/b+", "#/a")) {
            entries.add(Wire.join(Wire.text(wrong), Wire.u8(1)));
            codes.add(version.is5() ? 0x8F : 0x80);
        }
        entries.add(Wire.join(Wire.text("denied/x"), Wire.u8(1)));
        codes.add(version.is5() ? 0x87 : 0x80);

        device.send(Wire.packet(
                Wire.SUBSCRIBE, Wire.u16(77), Wire.noProperties(version), Wire.join(entries.toArray(byte[][]::new))));

        Received answer = device.next();
        assertThat(answer.type()).isEqualTo(Wire.SUBACK);
        assertThat(answer.packetId()).isEqualTo(77);
        assertThat(answer.codes()).isEqualTo(codes);
        for (int i = 0; i < 100; i += 33) {
            device.publish(level + "/" + i, "m", 2);
            assertThat(device.message().qos()).isEqualTo(i % 3);
        }
        device.assertQuiet();
    }

    @EachVersion
    @Conforms(mqtt5 = "3.9.3-2", mqtt3 = "3.9.3-2")
    void tooManySubscriptionsAreRefusedOneByOne(Version version) throws IOException {
        Device device = connect(version);
        String[] filters = new String[SpecServer.SUBSCRIPTIONS_MAX + 1];
        for (int i = 0; i < filters.length; i++) {
            filters[i] = SpecServer.unique("f");
        }

        device.send(Wire.subscribe(version, 1, 0, filters));

        List<Integer> codes = device.next(Wire.SUBACK).codes();
        assertThat(codes.subList(0, SpecServer.SUBSCRIPTIONS_MAX)).containsOnly(0);
        assertThat(codes.get(SpecServer.SUBSCRIPTIONS_MAX)).isEqualTo(version.is5() ? 0x97 : 0x80);
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.8.4-3", "3.8.4-4"},
            mqtt3 = "3.8.4-3")
    void theSameFilterReplacesTheSubscriptionWithoutAGap(Version version) throws IOException {
        String topic = topic();
        Device device = connect(version);
        Device publisher = connect(version);
        publisher.retain(topic, "kept", 1);
        device.subscribe(topic, 0);
        assertThat(device.message().qos()).isZero();
        int rounds = 30;
        List<String> live = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            publisher.send(Wire.publish(version, 2, topic, i + 1, "live" + i));
            assertThat(device.subscribe(topic, 1)).isEqualTo(1);
            Received.Message message = device.message();
            for (; !message.retain(); message = device.message()) {
                live.add(message.payload());
            }
            assertThat(message.payload()).isEqualTo("kept");
        }
        while (live.size() < rounds) {
            live.add(device.message().payload());
        }
        for (int i = 0; i < rounds; i++) {
            assertThat(live.get(i)).isEqualTo("live" + i);
        }
        device.settled();
        connect(version).publish(topic, "at 1", 1);
        assertThat(device.message().qos()).isEqualTo(1);
        device.assertQuiet();
    }

    @EachVersion
    @Conforms(mqtt5 = "4.5.0-1", mqtt3 = "4.5.0-1")
    void fromTheSubAckOnEveryMessageComes(Version version) throws IOException {
        Device publisher = connect(version);
        for (int i = 0; i < 20; i++) {
            String topic = topic();
            Device device = connect(version);
            device.subscribe(topic, i % 3);
            publisher.publish(topic, "m", 0);
            assertThat(device.message().payload()).isEqualTo("m");
        }
    }

    @Test
    @Conforms(mqtt5 = "3.8.3-3")
    void noLocalKeepsAClientsOwnMessagesFromIt() throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(Version.V5, id, Connect::persistent);
        device.subscribe(topic, 1 | NO_LOCAL);
        device.publish(topic, "own", 1);
        Device other = connect(Version.V5);
        other.publish(topic, "other's", 1);
        assertThat(device.message().payload()).isEqualTo("other's");
        device.disconnect();
        connect(Version.V5, id, connect -> connect.persistent().will(topic, "own will", 1, false))
                .breakOff();
        other.publish(topic, "while away", 1);

        Device again = connect(Version.V5, id, Connect::persistent);

        assertThat(again.message().payload()).isEqualTo("while away");
        again.assertQuiet();
    }
}
