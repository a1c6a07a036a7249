package io.sluice.benchmarks.rounds;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Free ports on loopback, each given out once. Confined to one thread. */
final class Ports {

    private final List<Integer> given = new ArrayList<>();

    int next() throws IOException {
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (!given.contains(socket.getLocalPort())) {
                    given.add(socket.getLocalPort());
                    return socket.getLocalPort();
                }
            }
        }
    }
}
