package io.sluice.mqtt.auth;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Who is at the other end of a connection, as far as the network knows.
 *
 * @param listener where it came in
 * @param address the client's own address: what a PROXY header says, where the listener takes one
 * @param certificates what TLS has verified, the client's own first; empty without a client certificate
 */
public record Peer(String listener, InetSocketAddress address, List<X509Certificate> certificates) {

    public Peer {
        certificates = List.copyOf(certificates);
    }

    /** Without the certificates: they are long. */
    @Override
    public String toString() {
        return listener + " " + address;
    }
}
