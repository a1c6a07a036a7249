package io.sluice.app.runtime;

import io.sluice.app.config.SluiceConfig;
import io.sluice.kafka.audit.DurabilityWatch;
import io.sluice.kafka.egress.KafkaEgress;
import io.sluice.kafka.ingress.KafkaIngress;
import io.sluice.kafka.mapping.EgressRule;
import io.sluice.kafka.mapping.IngressRule;
import io.sluice.kafka.mapping.RuleSet;
import io.sluice.kafka.topic.TopicProvisioner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules between MQTT and Kafka that are in force, which may be replaced. Read by all threads; replaced on the
 * reloader's.
 */
final class LiveMapping {

    /** So long another instance may write by the rules of before: files do not reach all at the same moment. */
    private static final Duration OTHERS = Duration.ofMinutes(5);

    private static final Logger log = LoggerFactory.getLogger(LiveMapping.class);

    /** Who works by the rules. */
    record Users(KafkaIngress ingress, KafkaEgress egress, TopicProvisioner provisioner, DurabilityWatch watch) {}

    private volatile RuleSet current;
    private volatile @Nullable Users users;

    LiveMapping(RuleSet first) {
        current = first;
    }

    void usedBy(Users newUsers) {
        users = newUsers;
    }

    /** Whether a rule of now exposes the Kafka topic to subscribers. */
    boolean isReadable(String kafkaTopic) {
        return current.isReadable(kafkaTopic);
    }

    RuleSet current() {
        return current;
    }

    /**
     * The rules of a configuration, compiled: those in force when they are the same.
     *
     * @throws IllegalArgumentException when they are wrong
     */
    RuleSet compiled(SluiceConfig config) {
        List<IngressRule> ingress = Settings.ingressRules(config);
        List<EgressRule> egress = config.egressRules();
        boolean isSame = ingress.equals(current.ingressRules()) && egress.equals(current.egressRules());
        return isSame ? current : RuleSet.of(ingress, egress);
    }

    /** Puts the rules in force; nothing when they are. */
    void replace(RuleSet next) {
        RuleSet before = current;
        Users told = users;
        if (before == next || told == null) {
            return;
        }
        current = next;
        // First those who read: what is written by the new rules must not be passed over by the old ones.
        Runnable endBefore = told.egress().replace(next);
        var unused = told.ingress().replace(next).thenRun(() -> CompletableFuture.delayedExecutor(
                        OTHERS.toMillis(), TimeUnit.MILLISECONDS)
                .execute(endBefore));
        told.provisioner().forgetRefusals();
        told.watch().replace(next);
        say(
                "ingress",
                byName(before.ingressRules(), IngressRule::name),
                byName(next.ingressRules(), IngressRule::name));
        say("egress", byName(before.egressRules(), EgressRule::name), byName(next.egressRules(), EgressRule::name));
    }

    private static <T> Map<String, T> byName(List<T> rules, Function<T, String> name) {
        Map<String, T> byName = new LinkedHashMap<>();
        rules.forEach(rule -> byName.put(name.apply(rule), rule));
        return byName;
    }

    private static <T> void say(String direction, Map<String, T> before, Map<String, T> after) {
        List<String> added = new ArrayList<>(after.keySet());
        added.removeAll(before.keySet());
        List<String> removed = new ArrayList<>(before.keySet());
        removed.removeAll(after.keySet());
        List<String> changed = new ArrayList<>(after.keySet());
        changed.removeIf(name -> !before.containsKey(name) || Objects.equals(after.get(name), before.get(name)));
        log.atInfo()
                .addKeyValue("direction", direction)
                .addKeyValue("added", added)
                .addKeyValue("removed", removed)
                .addKeyValue("changed", changed)
                .log("Mapping changed");
    }
}
