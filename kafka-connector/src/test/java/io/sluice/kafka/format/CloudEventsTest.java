package io.sluice.kafka.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.UserProperty;
import io.sluice.mqtt.port.Refusal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The MQTT and Kafka protocol bindings of CloudEvents 1.0. */
final class CloudEventsTest {

    private static final UserProperty[] REQUIRED = {
        new UserProperty("specversion", "1.0"),
        new UserProperty("id", "A-1"),
        new UserProperty("source", "/plant/d1"),
        new UserProperty("type", "acme.reading")
    };

    private static Formatted format(byte[] payload, @Nullable String contentType, UserProperty... user) {
        Message message = Fixture.message(payload, contentType, user);
        return Fixture.ingress(FormatSettings.of(FormatSettings.Type.CLOUDEVENTS, null), SchemaSource.NONE)
                .format(message, Fixture.READINGS, 0);
    }

    private static Formatted structured(String event) {
        return format(event.getBytes(UTF_8), "application/cloudevents+json; charset=utf-8");
    }

    private static Formatted.Value value(Formatted formatted) {
        assertThat(formatted).isInstanceOf(Formatted.Value.class);
        return (Formatted.Value) formatted;
    }

    @Test
    void attributesInUserPropertiesBecomeHeadersAndTheDataStaysAsItIs() {
        byte[] data = {0, (byte) 0xFF, 7};
        UserProperty[] user = {
            REQUIRED[0],
            REQUIRED[1],
            REQUIRED[2],
            REQUIRED[3],
            new UserProperty("time", "2026-11-22T10:00:00Z"),
            new UserProperty("partitionkey", "d1"),
            // No names of attributes: they stay user properties.
            new UserProperty("Unit", "°C"),
            new UserProperty("much-too-long-for-one", "x"),
            // The first of one name counts.
            new UserProperty("id", "A-2")
        };

        Formatted.Value value = value(format(data, "application/octet-stream", user));

        assertThat(value.value()).isEqualTo(data);
        assertThat(Fixture.texts(value.headers()))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "A-1",
                        "ce_source", "/plant/d1",
                        "ce_type", "acme.reading",
                        "ce_time", "2026-11-22T10:00:00Z",
                        "ce_partitionkey", "d1"));
    }

    @Test
    void anEventInJsonIsTakenApart() {
        Formatted.Value value = value(structured("""
                {"specversion": "1.0", "id": "A-1", "source": "/plant/d1", "type": "acme.reading", "sequence": 7, "urgent": true,
                 "subject": null, "datacontenttype": "application/vnd.acme+json", "data": {"temp": 21.50, "on": [1, "ä"]}}
                """));

        assertThat(value.value()).isEqualTo("{\"temp\":21.5,\"on\":[1,\"ä\"]}".getBytes(UTF_8));
        assertThat(Fixture.texts(value.headers()))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "A-1",
                        "ce_source", "/plant/d1",
                        "ce_type", "acme.reading",
                        "ce_sequence", "7",
                        "ce_urgent", "true",
                        "content-type", "application/vnd.acme+json"));
    }

    @Test
    void itsDataIsJsonOrTextOrBytesOrNothing() {
        String begin = "{\"specversion\": \"1.0\", \"id\": \"1\", \"source\": \"s\", \"type\": \"t\"";

        assertThat(value(structured(begin + ", \"data\": \"a\"}")).value()).isEqualTo("\"a\"".getBytes(UTF_8));
        assertThat(value(structured(begin + ", \"datacontenttype\": \"text/plain\", \"data\": \"a\"}"))
                        .value())
                .isEqualTo("a".getBytes(UTF_8));
        assertThat(value(structured(begin + ", \"data_base64\": \"AP8H\"}")).value())
                .isEqualTo(new byte[] {0, (byte) 0xFF, 7});
        assertThat(value(structured(begin + "}")).value()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void withoutOneOfTheRequiredAttributesItIsNoEvent(int missing) {
        UserProperty[] user = REQUIRED.clone();
        user[missing] = new UserProperty("other", "x");

        Formatted formatted = format(new byte[] {1}, null, user);

        String path = "$." + REQUIRED[missing].name();
        assertThat(formatted)
                .isEqualTo(new Formatted.Misfit(
                        Refusal.SCHEMA,
                        path,
                        path + ": expected the attribute of a CloudEvent, found nothing",
                        KnownSchema.NO_ID));
    }

    @Test
    void whatIsNoJsonOrNoBase64IsAMisfit() {
        assertThat(structured("{\"id\": "))
                .isInstanceOfSatisfying(Formatted.Misfit.class, misfit -> assertThat(misfit.reason())
                        .isEqualTo(Refusal.PAYLOAD_FORMAT));
        assertThat(structured("{\"specversion\": \"1.0\", \"id\": \"1\", \"source\": \"s\", \"type\": \"t\", "
                        + "\"data_base64\": \"?\"}"))
                .isInstanceOfSatisfying(Formatted.Misfit.class, misfit -> assertThat(misfit.message())
                        .isEqualTo("$.data_base64: expected Base64"));
        assertThat(structured("[1]")).isInstanceOf(Formatted.Misfit.class);
    }
}
