package io.sluice.app.it.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Paho's client for 5. */
final class Paho5Client implements TestClient {

    private final MqttClient client;
    private final Inbox inbox = new Inbox();

    /** @param uri {@code tcp://…} or {@code ws://…} */
    Paho5Client(String uri, String clientId) throws MqttException {
        client = new MqttClient(uri, clientId, new MemoryPersistence());
        client.setTimeToWait(10_000);
        // One for all: the library's listeners for single subscriptions break when a subscription is added while a
        // message is being delivered (ConcurrentModificationException).
        client.setCallback(new ToInbox());
        client.connect(new MqttConnectionOptions());
    }

    private final class ToInbox implements MqttCallback {

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            inbox.add(new Delivered(topic, new String(message.getPayload(), UTF_8), message.getQos()));
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {}

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }

    @Override
    public void subscribe(String filter, int qos) throws MqttException {
        client.subscribe(filter, qos);
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
