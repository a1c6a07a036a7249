package io.sluice.app.it.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import java.util.List;
import java.util.Objects;

/** HiveMQ's client, speaking 3.1.1. */
final class HiveMq3Client implements TestClient {

    private final Mqtt3BlockingClient client;
    private final Inbox inbox = new Inbox();

    HiveMq3Client(int port, boolean webSocket, String clientId) {
        Mqtt3ClientBuilder builder = MqttClient.builder()
                .useMqttVersion3()
                .identifier(clientId)
                .serverHost("127.0.0.1")
                .serverPort(port);
        client = (webSocket ? builder.webSocketConfig().serverPath("mqtt").applyWebSocketConfig() : builder)
                .buildBlocking();
        client.connect();
    }

    @Override
    public void subscribe(String filter, int qos) {
        client.toAsync()
                .subscribeWith()
                .topicFilter(filter)
                .qos(Objects.requireNonNull(MqttQos.fromCode(qos)))
                .callback(publish -> inbox.add(new Delivered(
                        publish.getTopic().toString(),
                        new String(publish.getPayloadAsBytes(), UTF_8),
                        publish.getQos().getCode())))
                .send()
                .join();
    }

    @Override
    public void publish(String topic, int qos, List<String> payloads) {
        for (String payload : payloads) {
            client.publishWith()
                    .topic(topic)
                    .qos(Objects.requireNonNull(MqttQos.fromCode(qos)))
                    .payload(payload.getBytes(UTF_8))
                    .send();
        }
    }

    @Override
    public Delivered next() throws InterruptedException {
        return inbox.next();
    }

    @Override
    public void close() {
        client.disconnect();
    }
}
