package io.sluice.mqtt.spec;

import io.sluice.mqtt.connection.ConnectionSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A class of tests that runs over every {@link Transport}, against a server that its tests share. */
@ParameterizedClass
@EnumSource(Transport.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SpecTest {

    @Parameter
    Transport transport = Transport.TCP;

    private final List<Device> devices = new ArrayList<>();
    private final SpecServer server;

    SpecTest() {
        this(SpecServer.SETTINGS);
    }

    SpecTest(ConnectionSettings settings) {
        server = new SpecServer(settings);
    }

    @BeforeAll
    void nothingIsAhead() {
        devices.clear();
    }

    @AfterEach
    void closeDevices() throws IOException {
        for (Device device : devices) {
            device.close();
        }
        devices.clear();
    }

    @AfterAll
    void closeServer() {
        server.close();
    }

    SpecServer server() {
        return server;
    }

    /** A topic that no other test has. */
    static String topic() {
        return SpecServer.unique("t") + "/x";
    }

    /** The longest text there is, or one that a transport of single bytes carries in good time. */
    String longText(String start) {
        int length = transport.isByBytes() ? 2_000 : 65_535;
        return start + "x".repeat(length - start.length());
    }

    /** Opens a connection, and sends nothing. */
    Device open(Version version) throws IOException {
        Device device = new Device(transport.open(server), version);
        devices.add(device);
        return device;
    }

    /** Connects with a clean start and a name that nobody else has. */
    Device connect(Version version) throws IOException {
        return connect(version, connect -> {});
    }

    /** Connects, and is accepted. */
    Device connect(Version version, Consumer<Connect> options) throws IOException {
        return connect(version, SpecServer.unique("c"), options);
    }

    /** Connects, and is accepted. */
    Device connect(Version version, String clientId, Consumer<Connect> options) throws IOException {
        Connect connect = new Connect(version, clientId);
        options.accept(connect);
        return open(version).connect(connect);
    }
}
