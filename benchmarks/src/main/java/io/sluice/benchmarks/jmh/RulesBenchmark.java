package io.sluice.benchmarks.jmh;

import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Decision;
import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.auth.rules.Conditions;
import io.sluice.mqtt.auth.rules.Rule;
import io.sluice.mqtt.auth.rules.RulesAuthorizer;
import io.sluice.mqtt.auth.rules.TopicPattern;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a decision costs when the last of so many rules makes it, and what it costs to fill in a client's names. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RulesBenchmark {

    private static final int TOPICS = 64;

    @Param({"1", "10", "100", "1000"})
    private int count;

    private final Client client = new Client(new ClientId("device-000123"), Principal.user("acme"), "mqtt", null);
    private final TopicName[] names = new TopicName[TOPICS];
    private final TopicFilter filter = TopicFilter.of("telemetry/acme/own/device-000123/#");
    private RulesAuthorizer authorizer = new RulesAuthorizer(List.of());
    private Permissions permissions = Permissions.ALL;
    private int next;

    @Setup
    public void prepare() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            rules.add(rule(i % 7 != 0, "telemetry/acme/line-" + i + "/%c/#"));
        }
        rules.add(rule(true, "telemetry/acme/own/%c/#"));
        authorizer = new RulesAuthorizer(rules);
        permissions = authorizer.permissions(client);
        for (int i = 0; i < TOPICS; i++) {
            names[i] = TopicName.of("telemetry/acme/own/device-000123/sensor/" + i);
        }
    }

    private static Rule rule(boolean allow, String topic) {
        Set<Action> actions = Set.of(Action.PUBLISH, Action.SUBSCRIBE);
        return new Rule("rule", allow, actions, List.of(TopicPattern.parse(topic)), Conditions.NONE);
    }

    @Benchmark
    public Decision publishToOneTopic() {
        return permissions.publish(names[0], false);
    }

    @Benchmark
    public Decision publishToManyTopics() {
        next = (next + 1) % TOPICS;
        return permissions.publish(names[next], false);
    }

    @Benchmark
    public Decision subscribe() {
        return permissions.subscribe(filter);
    }

    @Benchmark
    public Permissions fillIn() {
        return authorizer.permissions(client);
    }
}
