package io.sluice.mqtt.spec;

import java.io.Closeable;
import java.io.IOException;

/** A connection that carries bytes. For one thread. */
interface Line extends Closeable {

    void write(byte[] bytes) throws IOException;

    /** The next byte, or -1 when the server has closed, by whichever way. */
    int read() throws IOException;

    /** Breaks off with a reset. */
    void reset() throws IOException;

    /** How long a read waits, in ms. */
    void timeout(int millis) throws IOException;
}
