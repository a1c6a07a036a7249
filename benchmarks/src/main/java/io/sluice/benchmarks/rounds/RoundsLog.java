package io.sluice.benchmarks.rounds;

import java.util.Map;

/** Takes a line of what was measured. */
interface RoundsLog {

    void write(Workload workload, int round, String server, Map<String, Object> json);
}
