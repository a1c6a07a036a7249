package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Topic aliases, both ways (section 3.3.2.3.4). */
final class TopicAliasSpecTest extends SpecTest {

    private static byte[] alias(int alias) {
        return Property.ofShort(Property.TOPIC_ALIAS, alias);
    }

    @Test
    @Conforms(mqtt5 = {"3.3.2-12"})
    void theClientMayUseEveryAlias() throws IOException {
        String level = SpecServer.unique("alias");
        Device device = connect(Version.V5);
        device.subscribe(level + "/+", 0);
        for (int round = 0; round < 2; round++) {
            for (int i = 1; i <= SpecServer.TOPIC_ALIAS_MAXIMUM; i++) {
                String topic = level + "/" + (i + round);
                device.send(Wire.publish5(0, topic, 0, "named", alias(i)), Wire.publish5(0, "", 0, "short", alias(i)));
                assertThat(device.message().topic()).isEqualTo(topic);
                assertThat(device.message().topic()).isEqualTo(topic);
            }
        }
    }

    @Test
    @Conforms(mqtt5 = {"3.2.2-17", "3.3.2-8", "3.3.2-9"})
    void anotherAliasEndsTheConnection() throws IOException {
        for (int alias : new int[] {0, SpecServer.TOPIC_ALIAS_MAXIMUM + 1, 65_535}) {
            connect(Version.V5)
                    .send(Wire.publish5(0, "a", 0, "x", alias(alias)))
                    .assertRefused(0x94);
        }
    }

    @Test
    @Conforms(mqtt5 = "3.3.2-7")
    void anAliasEndsWithItsConnection() throws IOException {
        String id = SpecServer.unique("c");
        Device device = connect(Version.V5, id, Connect::persistent);
        device.send(Wire.publish5(0, "a", 0, "x", alias(1))).settled();
        device.disconnect();

        Device again = connect(Version.V5, id, Connect::persistent);

        again.send(Wire.publish5(0, "", 0, "x", alias(1)));
        assertThat(again.next(Wire.DISCONNECT).code()).isIn(0x82, 0x94);
    }

    @Test
    @Conforms(mqtt5 = {"3.1.2-26", "3.3.2-11", "3.3.2-8"})
    void theServersAliasesStayWithinTheClientsMaximum() throws IOException {
        for (int maximum : new int[] {1, 5, 65_535}) {
            Device device = connect(
                    Version.V5, connect -> connect.with(Property.ofShort(Property.TOPIC_ALIAS_MAXIMUM, maximum)));
            String level = SpecServer.unique("out");
            device.subscribe(level + "/+", 0);
            Map<Long, String> names = new HashMap<>();
            Set<String> got = new HashSet<>();
            for (int i = 0; i < 60; i++) {
                device.publish(level + "/" + i % 30, "m", 0);
                Received.Message message = device.message();
                String topic = message.topic();
                if (message.properties().has(Property.TOPIC_ALIAS)) {
                    long alias = message.properties().number(Property.TOPIC_ALIAS);
                    assertThat(alias).isBetween(1L, (long) maximum);
                    if (topic.isEmpty()) {
                        topic = String.valueOf(names.get(alias));
                    }
                    names.put(alias, topic);
                }
                assertThat(topic).isEqualTo(level + "/" + i % 30);
                got.add(topic);
            }
            assertThat(got).hasSize(30);
            assertThat(names).as("aliases at a maximum of %s", maximum).isNotEmpty();
        }
    }

    @Test
    @Conforms(mqtt5 = "3.1.2-27")
    void whoSetsNoMaximumGetsNoAliases() throws IOException {
        for (int maximum = -1; maximum <= 0; maximum++) {
            int set = maximum;
            Device device = connect(Version.V5, connect -> {
                if (set == 0) {
                    connect.with(Property.ofShort(Property.TOPIC_ALIAS_MAXIMUM, 0));
                }
            });
            String topic = topic();
            device.subscribe(topic, 0);
            for (int i = 0; i < 3; i++) {
                device.publish(topic, "m", 0);
                assertThat(device.message().properties().isEmpty()).isTrue();
            }
        }
    }
}
