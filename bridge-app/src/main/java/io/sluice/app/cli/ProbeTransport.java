package io.sluice.app.cli;

import java.io.IOException;
import java.io.InputStream;

/** A connection that carries MQTT's bytes. */
interface ProbeTransport extends AutoCloseable {

    /** What the server sends; reading fails when nothing comes for too long. */
    InputStream in();

    /** Sends one packet. */
    void send(byte[] packet) throws IOException;

    @Override
    void close();
}
