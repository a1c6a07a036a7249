package io.sluice.app.it;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A client that people start from a shell, unmodified: what it is called, and how it is told what to do. */
enum ClientProgram {
    /** Debian's package {@code mosquitto-clients}; its WebSockets are younger than Debian's version. */
    MOSQUITTO("mosquitto-clients", "mosquitto_sub --help", false, true),
    /** Debian's package {@code paho.mqtt.c-examples}. */
    PAHO_C("paho.mqtt.c-examples", "paho_c_sub --help", true, false),
    /** Debian's package {@code python3-paho-mqtt}, by a script of ours: it has no command line of its own. */
    PAHO_PYTHON("python3-paho-mqtt", "/usr/bin/python3 -c __import__('paho.mqtt.client')", true, true),
    /** {@code npm install -g mqtt}. */
    MQTT_JS("npm's package mqtt", "mqtt version", true, true);

    private static final String SCRIPT = "src/test/resources/clients/paho_client.py";

    /** Where a program connects, and how. */
    record Place(int port, boolean webSocket, int version) {

        String url() {
            return (webSocket ? "ws://127.0.0.1:" : "tcp://127.0.0.1:") + port + (webSocket ? "/mqtt" : "");
        }
    }

    /** What a subscriber is to do; its will is {@code gone}. */
    record Subscribing(String clientId, String topic, int qos, boolean persistent, String willTopic) {}

    private static final Map<ClientProgram, Boolean> INSTALLED = new ConcurrentHashMap<>();

    private final String source;
    private final String probe;
    private final boolean hasWebSocket;
    private final boolean hasSessions;

    ClientProgram(String source, String probe, boolean hasWebSocket, boolean hasSessions) {
        this.source = source;
        this.probe = probe;
        this.hasWebSocket = hasWebSocket;
        this.hasSessions = hasSessions;
    }

    /** What to install when it is not there. */
    String source() {
        return source;
    }

    boolean hasWebSocket() {
        return hasWebSocket;
    }

    /** Whether it can be told to take a session up. */
    boolean hasSessions() {
        return hasSessions;
    }

    boolean isInstalled() {
        return INSTALLED.computeIfAbsent(this, ignored -> probe().isPresent());
    }

    private Optional<Process> probe() {
        try {
            Process process = new ProcessBuilder(List.of(probe.split(" ")))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            // Some answer a call for help with an error; a script that lacks its library does so with 1.
            return this == PAHO_PYTHON && process.waitFor() != 0 ? Optional.empty() : Optional.of(process);
        } catch (IOException notThere) {
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** The command that publishes one message and ends. */
    List<String> publish(Place place, String topic, int qos, boolean retain, String payload) {
        String level = Integer.toString(qos);
        List<String> command = new ArrayList<>(
                switch (this) {
                    case MOSQUITTO -> address("mosquitto_pub", place);
                    case PAHO_C -> url("paho_c_pub", place);
                    case PAHO_PYTHON -> python("pub", place);
                    case MQTT_JS -> javaScript("pub", place);
                });
        command.addAll(List.of("-q", level, "-t", topic, "-m", payload));
        if (retain) {
            command.add("-r");
        }
        return command;
    }

    /** The command that prints the payload of each message on a line, until it is killed. */
    List<String> subscribe(Place place, Subscribing what) {
        List<String> command = new ArrayList<>(
                switch (this) {
                    case MOSQUITTO -> address("mosquitto_sub", place);
                    case PAHO_C -> url("paho_c_sub", place);
                    case PAHO_PYTHON -> python("sub", place);
                    case MQTT_JS -> javaScript("sub", place);
                });
        command.addAll(List.of("-i", what.clientId, "-q", Integer.toString(what.qos), "-t", what.topic));
        // MQTT.js documents --will-payload, and reads --will-message.
        command.addAll(List.of("--will-topic", what.willTopic));
        command.addAll(List.of(this == MQTT_JS ? "--will-message" : "--will-payload", "gone"));
        if (what.persistent) {
            command.addAll(
                    switch (this) {
                        case MOSQUITTO -> place.version == 5 ? List.of("-c", "-x", "600") : List.of("-c");
                        case PAHO_C -> throw new IllegalArgumentException("Paho's C programs start clean");
                        case PAHO_PYTHON -> List.of("-c");
                        case MQTT_JS ->
                            place.version == 5
                                    ? List.of("--no-clean", "--properties.sessionExpiryInterval", "600")
                                    : List.of("--no-clean");
                    });
        }
        return command;
    }

    private static List<String> address(String program, Place place) {
        String version = place.version == 5 ? "mqttv5" : "mqttv311";
        return List.of(program, "-h", "127.0.0.1", "-p", "" + place.port, "-V", version);
    }

    private static List<String> url(String program, Place place) {
        return List.of(program, "-c", place.url(), "-V", place.version == 5 ? "5" : "311");
    }

    private static List<String> python(String what, Place place) {
        String transport = place.webSocket ? "websockets" : "tcp";
        return List.of("/usr/bin/python3", SCRIPT, what, transport, "" + place.port, "" + place.version);
    }

    private static List<String> javaScript(String what, Place place) {
        List<String> command = new ArrayList<>(List.of("mqtt", what, "-h", "127.0.0.1", "-p", "" + place.port));
        command.addAll(List.of("--protocolVersion", "" + place.version, "-l", place.webSocket ? "ws" : "mqtt"));
        command.addAll(List.of("--path", "/mqtt"));
        return command;
    }
}
