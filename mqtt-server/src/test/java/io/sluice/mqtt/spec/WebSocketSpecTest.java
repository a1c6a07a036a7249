package io.sluice.mqtt.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** MQTT over WebSocket (section 6). Frames of one byte each are a transport of every other class. */
final class WebSocketSpecTest {

    private final SpecServer server = new SpecServer(SpecServer.SETTINGS);
    private final List<WebSocketLine> lines = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (WebSocketLine line : lines) {
            line.close();
        }
        server.close();
    }

    private WebSocketLine open(String subprotocol) throws IOException {
        WebSocketLine line = new WebSocketLine(server.webSocketPort(), Integer.MAX_VALUE, subprotocol);
        lines.add(line);
        return line;
    }

    @EachVersion
    @Conforms(mqtt5 = "6.0.0-1", mqtt3 = "6.0.0-1")
    void aTextFrameEndsTheConnection(Version version) throws IOException {
        WebSocketLine line = open("mqtt");
        Device device = new Device(line, version).connect(new Connect(version, "text"));

        line.writeFrame(WebSocketLine.TEXT, Wire.ping());

        device.untilClosed();
        assertThat(line.closeStatus()).isEqualTo(1003);
    }

    @EachVersion
    @Conforms(mqtt5 = "6.0.0-2", mqtt3 = "6.0.0-2")
    void framesAndPacketsNeedNotAlign(Version version) throws IOException {
        WebSocketLine line = open("mqtt");
        Device device = new Device(line, version).connect(new Connect(version, "frames"));
        device.subscribe("frames", 0);
        byte[][] many = new byte[100][];
        java.util.Arrays.fill(many, Wire.publish(version, 0, "frames", 0, "joined"));

        device.send(many);
        for (int i = 0; i < many.length; i++) {
            assertThat(device.message().payload()).isEqualTo("joined");
        }
        line.writeFragments(Wire.publish(version, 0, "frames", 0, "fragments"));
        assertThat(device.message().payload()).isEqualTo("fragments");
        String large = "x".repeat(70_000);
        device.send(Wire.publish(version, 0, "frames", 0, large));
        assertThat(device.message().payload()).isEqualTo(large);
    }

    @Test
    @Conforms(
            mqtt5 = {"6.0.0-3", "6.0.0-4"},
            mqtt3 = {"6.0.0-3", "6.0.0-4"})
    void theSubprotocolIsMqtt() throws IOException {
        for (String offered : List.of("mqtt", "mqttv3.1", "mqttv3.1.1")) {
            assertThat(open(offered).response().toLowerCase(Locale.ROOT))
                    .startsWith("http/1.1 101")
                    .contains("sec-websocket-protocol: " + offered + "\r\n");
        }
        assertThat(open("soap").response()).startsWith("HTTP/1.1 400");
    }
}
