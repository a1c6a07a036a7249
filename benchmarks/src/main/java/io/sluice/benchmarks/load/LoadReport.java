package io.sluice.benchmarks.load;

import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What a run found, from clients whose loops have ended. */
final class LoadReport {

    private final LoadPlan plan;
    private final Fleet fleet;
    private final LoadRun.Mark first;
    private final LoadRun.Mark last;
    private final boolean drained;

    // Over the whole run, warm-up and stragglers included.
    private long sent;
    private long acknowledged;
    private long refused;
    private long received;
    private long foreign;
    private long connectionsLost;
    private long lost;
    private long lostAcknowledged;
    private long duplicates;
    private long outOfOrder;
    private final Histogram latencyMicros = new Histogram(LoopCounters.LATENCY_MICROS_MAX, 3);

    LoadReport(LoadPlan plan, Fleet fleet, LoadRun.Mark first, LoadRun.Mark last, boolean drained) {
        this.plan = plan;
        this.fleet = fleet;
        this.first = first;
        this.last = last;
        this.drained = drained;
        fleet.counters().forEach(this::add);
        fleet.subscribers().forEach(this::add);
    }

    /** 0 when all is well, 1 when acknowledged messages were lost, 3 when the run itself did not go through. */
    int exitCode() {
        if (lostAcknowledged > 0) {
            return 1;
        }
        return connectionsLost > 0 || sent == 0 || (plan.qos() > 0 && !drained) ? 3 : 0;
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("mode", plan.mode().name().toLowerCase(Locale.ROOT));
        json.put("version", plan.version() == MqttVersion.MQTT_5 ? "5" : "3.1.1");
        json.put("qos", plan.qos());
        json.put("publishers", plan.publishers());
        json.put("subscribers", plan.subscribers());
        json.put("payloadBytes", plan.payloadBytes());
        json.put("inflight", plan.inflight());
        json.put("batch", plan.batch());
        json.put("pauseMicros", plan.pauseMicros());
        json.put("rate", plan.rate());
        json.put("transport", fleet.transportName());
        putRates(json);
        putCounts(json);
        json.put("latencyMillis", LatencySummary.of(latencyMicros));
        putCpu(json);
        json.put("exitCode", exitCode());
        return json;
    }

    private void add(LoopCounters counters) {
        sent += counters.sent;
        acknowledged += counters.acknowledged;
        refused += counters.refused;
        received += counters.received;
        foreign += counters.foreign;
        connectionsLost += counters.connectionsLost;
        latencyMicros.add(counters.latencyMicros);
    }

    private void add(Subscriber subscriber) {
        for (int i = 0; i < plan.publishers(); i++) {
            Publisher publisher = fleet.publishers().get(i);
            SequenceChecker checker = subscriber.checker(i);
            lost += checker.lost(publisher.sent());
            duplicates += checker.duplicates();
            outOfOrder += checker.outOfOrder();
            if (plan.qos() > 0) {
                lostAcknowledged += checker.lostOf(publisher.sent(), publisher::isAcknowledged);
            }
        }
    }

    private void putRates(Map<String, Object> json) {
        LoopCounters.Totals span = last.totals().minus(first.totals());
        double seconds = seconds();
        json.put("seconds", seconds);
        json.put("sentPerSecond", Math.round(span.sent() / seconds));
        json.put("acknowledgedPerSecond", Math.round(span.acknowledged() / seconds));
        json.put("receivedPerSecond", Math.round(span.received() / seconds));
    }

    private void putCounts(Map<String, Object> json) {
        json.put("sent", sent);
        json.put("acknowledged", acknowledged);
        json.put("refused", refused);
        json.put("received", received);
        json.put("lost", lost);
        json.put("lostAcknowledged", lostAcknowledged);
        json.put("duplicates", duplicates);
        json.put("outOfOrder", outOfOrder);
        json.put("foreign", foreign);
        json.put("connectionsLost", connectionsLost);
        json.put("stalls", fleet.deliveries().stalls());
        json.put("drained", drained);
    }

    private void putCpu(Map<String, Object> json) {
        json.put("toolCpu", cpu(last.toolCpuSeconds() - first.toolCpuSeconds()));
        List<Map<String, Object>> servers = new ArrayList<>();
        for (int i = 0; i < plan.serverPids().size(); i++) {
            Map<String, Object> server = new LinkedHashMap<>();
            server.put("pid", plan.serverPids().get(i));
            server.putAll(cpu(
                    last.serverCpuSeconds().get(i) - first.serverCpuSeconds().get(i)));
            servers.add(server);
        }
        json.put("serverCpu", servers);
    }

    /** CPU-seconds while measuring, and per million of what the mode counts: deliveries, else messages taken. */
    private Map<String, Object> cpu(double seconds) {
        LoopCounters.Totals span = last.totals().minus(first.totals());
        long messages = plan.subscribers() > 0 ? span.received() : plan.qos() > 0 ? span.acknowledged() : span.sent();
        Map<String, Object> cpu = new LinkedHashMap<>();
        cpu.put("seconds", seconds);
        cpu.put("perMillion", seconds * 1_000_000 / messages);
        return cpu;
    }

    private double seconds() {
        return (last.nanos() - first.nanos()) / 1e9;
    }
}
