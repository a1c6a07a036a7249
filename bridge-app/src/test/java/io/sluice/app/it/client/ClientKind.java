package io.sluice.app.it.client;

import org.eclipse.paho.client.mqttv3.MqttConnectOptions;

/** A client library, the version it speaks, the transport it speaks over. */
public enum ClientKind {
    HIVEMQ_3_1_1_TCP,
    HIVEMQ_3_1_1_WS,
    HIVEMQ_5_TCP,
    HIVEMQ_5_WS,
    PAHO_3_1_TCP,
    PAHO_3_1_WS,
    PAHO_3_1_1_TCP,
    PAHO_3_1_1_WS,
    PAHO_5_TCP,
    PAHO_5_WS,
    MOSQUITTO_3_1,
    MOSQUITTO_3_1_1,
    MOSQUITTO_5;

    /** Where the server listens. */
    public record Ports(int tcp, int ws) {}

    /** A connected client. */
    public TestClient open(Ports ports, String clientId) throws Exception {
        return switch (this) {
            case HIVEMQ_3_1_1_TCP -> new HiveMq3Client(ports.tcp(), false, clientId);
            case HIVEMQ_3_1_1_WS -> new HiveMq3Client(ports.ws(), true, clientId);
            case HIVEMQ_5_TCP -> new HiveMq5Client(ports.tcp(), false, clientId);
            case HIVEMQ_5_WS -> new HiveMq5Client(ports.ws(), true, clientId);
            case PAHO_3_1_TCP -> new Paho3Client(tcp(ports), MqttConnectOptions.MQTT_VERSION_3_1, clientId);
            case PAHO_3_1_WS -> new Paho3Client(ws(ports), MqttConnectOptions.MQTT_VERSION_3_1, clientId);
            case PAHO_3_1_1_TCP -> new Paho3Client(tcp(ports), MqttConnectOptions.MQTT_VERSION_3_1_1, clientId);
            case PAHO_3_1_1_WS -> new Paho3Client(ws(ports), MqttConnectOptions.MQTT_VERSION_3_1_1, clientId);
            case PAHO_5_TCP -> new Paho5Client(tcp(ports), clientId);
            case PAHO_5_WS -> new Paho5Client(ws(ports), clientId);
            case MOSQUITTO_3_1 -> new MosquittoClient(ports.tcp(), "mqttv31", clientId);
            case MOSQUITTO_3_1_1 -> new MosquittoClient(ports.tcp(), "mqttv311", clientId);
            case MOSQUITTO_5 -> new MosquittoClient(ports.tcp(), "mqttv5", clientId);
        };
    }

    private static String tcp(Ports ports) {
        return "tcp://127.0.0.1:" + ports.tcp();
    }

    private static String ws(Ports ports) {
        return "ws://127.0.0.1:" + ports.ws() + "/mqtt";
    }
}
