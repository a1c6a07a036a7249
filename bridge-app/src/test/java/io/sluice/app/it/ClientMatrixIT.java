package io.sluice.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.it.client.ClientKind;
import io.sluice.app.it.client.Delivered;
import io.sluice.app.it.client.TestClient;
import io.sluice.mqtt.spec.Conforms;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The clients that people use, in all versions, over TCP and WebSocket, in all nine combinations of QoS. */
@ExtendWith(SluiceExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClientMatrixIT {

    private record Pair(TestClient subscriber, TestClient publisher) {}

    /** Clients that stay connected over the combinations: some take long to part. */
    private final Map<ClientKind, Pair> pairs = new EnumMap<>(ClientKind.class);

    static Stream<Arguments> combinations() {
        return Stream.of(ClientKind.values()).flatMap(kind -> Stream.of(0, 1, 2)
                .flatMap(published -> Stream.of(0, 1, 2).map(subscribed -> Arguments.of(kind, published, subscribed))));
    }

    @ParameterizedTest(name = "{0}: published at {1}, subscribed at {2}")
    @MethodSource("combinations")
    @Conforms(mqtt5 = "4.2-1", mqtt3 = "7.1.1-1")
    void messagesArriveInOrderAtTheLowerQos(ClientKind kind, int published, int subscribed, RunningSluice sluice)
            throws Exception {
        List<String> payloads = List.of("21.5", "with blanks in it", "{\"unit\": \"°C\"}", "四", "last");
        Pair pair = pair(kind, sluice);
        String topic = sluice.topic();
        pair.subscriber().subscribe(topic + "/+", subscribed);

        pair.publisher().publish(topic + "/temp", published, payloads);

        int qos = Math.min(published, subscribed);
        List<Delivered> delivered = new ArrayList<>();
        for (int i = 0; i < payloads.size(); i++) {
            delivered.add(pair.subscriber().next());
        }
        assertThat(delivered)
                .isEqualTo(payloads.stream()
                        .map(payload -> new Delivered(topic + "/temp", payload, qos))
                        .toList());
    }

    private Pair pair(ClientKind kind, RunningSluice sluice) throws Exception {
        Pair known = pairs.get(kind);
        if (known != null) {
            return known;
        }
        ClientKind.Ports ports = new ClientKind.Ports(sluice.tcpPort(), sluice.wsPort());
        Pair opened = new Pair(kind.open(ports, sluice.unique("s")), kind.open(ports, sluice.unique("p")));
        pairs.put(kind, opened);
        return opened;
    }

    @AfterAll
    void closePairs() throws IOException {
        for (Pair pair : pairs.values()) {
            pair.publisher().close();
            pair.subscriber().close();
        }
    }
}
