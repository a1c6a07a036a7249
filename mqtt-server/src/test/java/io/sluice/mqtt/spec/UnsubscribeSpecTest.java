package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** UNSUBSCRIBE and UNSUBACK (sections 3.10 and 3.11). */
final class UnsubscribeSpecTest extends SpecTest {

    @EachVersion
    @Conforms(mqtt5 = "3.10.3-2", mqtt3 = "3.10.3-2")
    void anUnsubscribeHasAFilter(Version version) throws IOException {
        connect(version).send(Wire.unsubscribe(version, 1)).assertRefused(0x82);
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.10.4-1", "3.10.4-2", "3.10.4-5", "3.11.3-1", "3.11.3-2"},
            mqtt3 = {"3.10.4-1", "3.10.4-2", "3.10.4-5"})
    void filtersAreComparedCharacterByCharacter(Version version) throws IOException {
        String level = SpecServer.unique("u");
        Device device = connect(version);
        device.subscribe(level + "/b", 1);
        device.subscribe(level + "/+", 1);

        Received answer = device.unsubscribe(level + "/#", level + "/+", level + "/B", level);
        if (version.is5()) {
            assertThat(answer.codes()).containsExactly(0x11, 0x00, 0x11, 0x11);
        } else {
            assertThat(answer.body()).hasSize(2);
        }

        device.publish(level + "/c", "not any more", 1).publish(level + "/b", "still", 1);
        assertThat(device.message().payload()).isEqualTo("still");
        device.assertQuiet();
        device.unsubscribe(level + "/b");
        device.publish(level + "/b", "not any more", 1).assertQuiet();
    }

    @EachVersion
    @Conforms(
            mqtt5 = {"3.10.4-4", "3.10.4-6"},
            mqtt3 = {"3.10.4-4", "3.10.4-6"})
    void manyFiltersEndTogether(Version version) throws IOException {
        String level = SpecServer.unique("u");
        Device device = connect(version);
        List<String> filters = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            filters.add(level + "/" + i);
        }
        device.send(Wire.subscribe(version, 1, 1, filters.toArray(String[]::new)));
        device.next(Wire.SUBACK);

        device.send(Wire.unsubscribe(version, 2, filters.toArray(String[]::new)));

        Received answer = device.next(Wire.UNSUBACK);
        assertThat(answer.packetId()).isEqualTo(2);
        if (version.is5()) {
            assertThat(answer.codes()).isEqualTo(Collections.nCopies(100, 0));
        }
        for (int i = 0; i < 100; i += 7) {
            device.publish(level + "/" + i, "x", 0);
        }
        device.assertQuiet();
    }

    @EachVersion
    @Conforms(mqtt5 = "3.10.4-3", mqtt3 = "3.10.4-3")
    void aDeliveryThatHasBegunIsCompleted(Version version) throws IOException {
        String topic = topic();
        String id = SpecServer.unique("c");
        Device device = connect(version, id, Connect::persistent);
        device.subscribe(topic, 2);
        device.publish(topic, "begun", 2);
        int packetId = device.unacknowledged().packetId();

        device.unsubscribe(topic);
        device.send(Wire.answer(Wire.PUBREC, packetId)).assertAnswered(Wire.PUBREL, packetId);
        device.breakOff();

        Device again = connect(version, id, Connect::persistent);
        again.assertAnswered(Wire.PUBREL, packetId);
        again.send(Wire.answer(Wire.PUBCOMP, packetId)).assertQuiet();
    }
}
