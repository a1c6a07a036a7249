package io.sluice.app.it.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** Paho's client for 3.1 and 3.1.1. */
final class Paho3Client implements TestClient {

    private final MqttClient client;
    private final Inbox inbox = new Inbox();

    /**
     * @param uri {@code tcp://…} or {@code ws://…}
     * @param version one of {@link MqttConnectOptions}
     */
    Paho3Client(String uri, int version, String clientId) throws MqttException {
        client = new MqttClient(uri, clientId, new MemoryPersistence());
        client.setTimeToWait(10_000);
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(version);
        client.connect(options);
    }

    @Override
    public void subscribe(String filter, int qos) throws MqttException {
        client.subscribe(
                filter,
                qos,
                (topic, message) ->
                        inbox.add(new Delivered(topic, new String(message.getPayload(), UTF_8), message.getQos())));
    }

    @Override
    public void publish(String topic, int qos, List<String> payloads) throws MqttException {
        for (String payload : payloads) {
            client.publish(topic, payload.getBytes(UTF_8), qos, false);
        }
    }

    @Override
    public Delivered next() throws InterruptedException {
        return inbox.next();
    }

    @Override
    public void close() throws IOException {
        try {
            client.disconnect();
            client.close();
        } catch (MqttException e) {
            throw new IOException(e);
        }
    }
}
