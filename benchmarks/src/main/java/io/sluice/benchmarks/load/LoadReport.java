package io.sluice.benchmarks.load;

import io.netty.handler.codec.mqtt.MqttVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What a run found, from clients whose loops have ended. */
final class LoadReport {

    private final LoadPlan plan;
    private final Fleet fleet;
    private final Span span;
    private final @Nullable KafkaVerdict kafka;

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
    private long unsent;
    private final Histogram latencyMicros = new Histogram(LoopCounters.LATENCY_MICROS_MAX, 3);

    LoadReport(LoadPlan plan, Fleet fleet, Span span, @Nullable KafkaVerdict kafka) {
        this.plan = plan;
        this.fleet = fleet;
        this.span = span;
        this.kafka = kafka;
        fleet.counters().forEach(this::add);
        fleet.publishers().forEach(publisher -> unsent += publisher.unsent());
        fleet.subscribers().forEach(this::add);
    }

    /** The measured time, and whether everything was answered after it. */
    record Span(LoadRun.Mark first, LoadRun.Mark last, boolean drained) {}

    /** 0 when all is well, 1 when acknowledged messages were lost, 3 when the run itself did not go through. */
    int exitCode() {
        if (lostAcknowledged > 0 || (kafka != null && !kafka.isGood(plan.qos()))) {
            return 1;
        }
        return connectionsLost > 0 || sent == 0 || (plan.qos() > 0 && !span.drained()) ? 3 : 0;
    }

    LoadResult result() {
        Map<String, Double> latency = LatencySummary.of(latencyMicros);
        List<Double> servers = new ArrayList<>();
        for (int i = 0; i < plan.serverPids().size(); i++) {
            servers.add(perMillion(serverSeconds(i)));
        }
        return new LoadResult(
                messages() / seconds(),
                perMillion(toolSeconds()),
                servers,
                latency.getOrDefault("p50", Double.NaN),
                latency.getOrDefault("p99", Double.NaN),
                checks(),
                unsent,
                exitCode(),
                json());
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
        if (kafka != null) {
            json.put("kafka", kafka.json());
        }
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
        LoopCounters.Totals counted = counted();
        double seconds = seconds();
        json.put("seconds", seconds);
        json.put("sentPerSecond", Math.round(counted.sent() / seconds));
        json.put("acknowledgedPerSecond", Math.round(counted.acknowledged() / seconds));
        json.put("receivedPerSecond", Math.round(counted.received() / seconds));
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
        json.put("unsent", unsent);
        json.put("drained", span.drained());
    }

    private void putCpu(Map<String, Object> json) {
        json.put("toolCpu", cpu(toolSeconds()));
        List<Map<String, Object>> servers = new ArrayList<>();
        for (int i = 0; i < plan.serverPids().size(); i++) {
            Map<String, Object> server = new LinkedHashMap<>();
            server.put("pid", plan.serverPids().get(i));
            server.putAll(cpu(serverSeconds(i)));
            servers.add(server);
        }
        json.put("serverCpu", servers);
    }

    private Map<String, Object> cpu(double seconds) {
        Map<String, Object> cpu = new LinkedHashMap<>();
        cpu.put("seconds", seconds);
        cpu.put("perMillion", perMillion(seconds));
        return cpu;
    }

    private double perMillion(double seconds) {
        return seconds * 1_000_000 / messages();
    }

    /** What the mode counts while measuring: deliveries, else messages taken. */
    private long messages() {
        LoopCounters.Totals counted = counted();
        if (plan.subscribers() > 0) {
            return counted.received();
        }
        return plan.qos() > 0 ? counted.acknowledged() : counted.sent();
    }

    /** What the subscribers saw, or what is in Kafka; null when nobody looked. */
    private LoadResult.@Nullable Checks checks() {
        if (plan.subscribers() > 0) {
            return new LoadResult.Checks(lost, duplicates, outOfOrder);
        }
        if (kafka == null) {
            return null;
        }
        long missing = plan.qos() == 0 ? kafka.missing() : kafka.missingAcknowledged();
        return new LoadResult.Checks(missing, kafka.duplicates(), kafka.outOfOrder() + kafka.split());
    }

    private LoopCounters.Totals counted() {
        return span.last().totals().minus(span.first().totals());
    }

    private double toolSeconds() {
        return span.last().toolCpuSeconds() - span.first().toolCpuSeconds();
    }

    private double serverSeconds(int server) {
        return span.last().serverCpuSeconds().get(server)
                - span.first().serverCpuSeconds().get(server);
    }

    private double seconds() {
        return (span.last().nanos() - span.first().nanos()) / 1e9;
    }
}
