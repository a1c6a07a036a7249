package io.sluice.benchmarks.load;

import java.util.List;

/** Connections that only keep alive. Confined to the thread that opens them. */
public final class IdleConnections implements AutoCloseable {

    private final Fleet fleet;

    private IdleConnections(Fleet fleet) {
        this.fleet = fleet;
    }

    /** Connects that many clients to a server on loopback; returns when it has accepted them all. */
    public static IdleConnections open(int port, int count) throws Exception {
        List<String> arguments = List.of(
                "ingest",
                "--inflight",
                "1",
                "--port",
                Integer.toString(port),
                "--connections",
                Integer.toString(count));
        Fleet fleet = new Fleet(LoadPlan.parse(arguments.toArray(String[]::new)));
        try {
            fleet.connect();
            return new IdleConnections(fleet);
        } catch (Exception e) {
            fleet.close();
            throw e;
        }
    }

    /** How many there are. */
    public int size() {
        return fleet.publishers().size();
    }

    /** Disconnects all. */
    @Override
    public void close() {
        fleet.disconnect();
    }
}
