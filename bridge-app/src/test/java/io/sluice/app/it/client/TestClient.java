package io.sluice.app.it.client;

import java.io.IOException;
import java.util.List;

/** A connected client of some library, for one thread; all calls block until the server has answered. */
public interface TestClient extends AutoCloseable {

    /** Subscribes; what is published from now on is received. */
    void subscribe(String filter, int qos) throws Exception;

    /** Publishes these payloads, one after the other. */
    void publish(String topic, int qos, List<String> payloads) throws Exception;

    /** What the subscription delivers next. */
    Delivered next() throws InterruptedException;

    @Override
    void close() throws IOException;
}
