package io.sluice.app.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The two ports of the embedded Kafka, kept beside its data so that clients find it again after a restart. Immutable.
 *
 * @param broker where clients connect
 * @param controller where the node talks to itself
 */
record Ports(int broker, int controller) {

    private static final String FILE = "ports.properties";

    /** The ports for this folder: those of the last time as far as they are free. */
    static Ports choose(Path folder, int configuredBroker) throws IOException {
        Properties last = new Properties();
        Path file = folder.resolve(FILE);
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file, UTF_8)) {
                last.load(reader);
            }
        }
        int broker = configuredBroker;
        if (broker == 0) {
            broker = reuseOrPick(last.getProperty("broker"), 0);
        } else if (!isFree(broker)) {
            throw new IOException("embedded Kafka: port " + broker + " on loopback is taken (expected: a free port)");
        }
        Ports ports = new Ports(broker, reuseOrPick(last.getProperty("controller"), broker));
        ports.store(file);
        return ports;
    }

    private void store(Path file) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("broker", Integer.toString(broker));
        properties.setProperty("controller", Integer.toString(controller));
        try (Writer writer = Files.newBufferedWriter(file, UTF_8)) {
            properties.store(writer, null);
        }
    }

    private static int reuseOrPick(@Nullable String last, int taken) throws IOException {
        if (last != null && last.matches("\\d{1,5}")) {
            int port = Integer.parseInt(last);
            if (port != taken && port > 0 && isFree(port)) {
                return port;
            }
        }
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (socket.getLocalPort() != taken) {
                    return socket.getLocalPort();
                }
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // As Kafka binds: a connection of the last run that lingers in TIME_WAIT is no obstacle.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
