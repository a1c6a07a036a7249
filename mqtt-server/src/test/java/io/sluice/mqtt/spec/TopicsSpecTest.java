package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;

/** Topic names and filters (section 4.7). */
final class TopicsSpecTest extends SpecTest {

    private record Case(String filter, String topic, boolean matches) {}

    /** All below one level of their own. */
    private static final List<Case> CASES = List.of(
            new Case("#", "", true),
            new Case("a/#", "a", true),
            new Case("a/#", "a/", true),
            new Case("a/#", "a/b/c", true),
            new Case("a/#", "ab", false),
            new Case("+", "a", true),
            new Case("+", "a/", false),
            new Case("+/+", "/", true),
            new Case("a/+", "a/", true),
            new Case("a/+", "a", false),
            new Case("a/+/c", "a//c", true),
            new Case("a//c", "a/c", false),
            new Case("a", "A", false),
            new Case("caf\u00e9", "cafe\u0301", false),
            new Case("cafe\u0301", "caf\u00e9", false),
            new Case("\u00e5", "\u212b", false),
            new Case("a", "a/", false),
            new Case("/a", "a", false),
            new Case("a b", "a b", true),
            new Case("a", "a ", false));

    @EachVersion
    @Conforms(
            mqtt5 = {"3.3.2-3", "4.7.3-4", "4.7.1-1", "4.7.1-2", "4.7.3-1"},
            mqtt3 = {"3.3.2-3", "4.7.3-4", "4.7.1-2", "4.7.1-3", "4.7.3-1"})
    void aFilterMatchesByItsLevelsAndBytes(Version version) throws IOException {
        for (Case one : CASES) {
            String level = SpecServer.unique("l") + "/";
            Device device = connect(version);
            assertThat(device.subscribe(level + one.filter(), 0)).isZero();

            device.publish(level + one.topic(), "m", 0).settled();

            Device later = connect(version);
            later.retain(level + one.topic(), "kept", 1);
            later.subscribe(level + one.filter(), 0);
            if (one.matches()) {
                assertThat(device.message().topic()).as(one.toString()).isEqualTo(level + one.topic());
                assertThat(later.message().topic()).as(one.toString()).isEqualTo(level + one.topic());
                assertThat(device.message().payload()).isEqualTo("kept");
            }
            device.assertQuiet();
            later.assertQuiet();
        }
    }

    @EachVersion
    @Conforms(mqtt5 = "4.7.2-1", mqtt3 = "4.7.2-1")
    void aLeadingWildcardDoesNotMatchADollar(Version version) throws IOException {
        String id = SpecServer.unique("c");
        Device device = connect(version, id, Connect::persistent);
        String app = "$" + SpecServer.unique("app") + "/x";
        Device publisher = connect(version);
        publisher.retain(app, "kept", 1);
        for (String filter : List.of("#", "+/x", "+/#")) {
            device.subscribe(filter, 1);
            // What others have left retained comes as well.
            device.settled();
        }
        publisher.publish(app, "live", 1);
        device.disconnect();
        publisher.publish(app, "while away", 1);
        String last = topic();
        publisher.publish(last, "last", 1);

        Device again = connect(version, id, Connect::persistent);

        for (Received.Message message = again.message(); !message.topic().equals(last); message = again.message()) {
            assertThat(message.topic()).doesNotStartWith("$");
        }
        again.subscribe(app, 1);
        assertThat(again.message().payload()).isEqualTo("kept");
    }

    @EachVersion
    @Conforms(mqtt5 = "4.7.3-3", mqtt3 = "4.7.3-3")
    void aTopicOf65535BytesIsServed(Version version) throws IOException {
        String topic = longText(SpecServer.unique("long"));
        Device device = connect(version);
        assertThat(device.subscribe(topic, 0)).isZero();

        device.publish(topic, "m", 0);

        assertThat(device.message().topic()).isEqualTo(topic);
    }
}
