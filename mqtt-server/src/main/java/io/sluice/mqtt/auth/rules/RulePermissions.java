package io.sluice.mqtt.auth.rules;

import io.sluice.mqtt.auth.Action;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Decision;
import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules that are about one client, by action, with its names filled in. Confined to one thread. A client publishes
 * to few topics again and again, so the last answers are kept where there are rules enough to be worth it.
 */
final class RulePermissions implements Permissions {

    static final String NO_RULE = "no rule";

    /** A power of two. */
    private static final int REMEMBERED = 4;
    /** A longer one is asked for each time: what one client can make the server keep is bounded. */
    private static final int REMEMBERED_CHARACTERS_MAX = 256;
    /** Up to here asking costs no more than remembering. */
    private static final int RULES_FORGOTTEN = 4;

    private static final Decision NO_PUBLISH = new Decision(false, Action.PUBLISH, NO_RULE);
    private static final Decision NO_RETAIN = new Decision(false, Action.RETAIN, NO_RULE);
    private static final Decision NO_WILL = new Decision(false, Action.WILL, NO_RULE);

    private final Ordered publish;
    /** Null when whoever may publish may retain. */
    private final @Nullable Ordered retain;

    private final Ordered will;
    private final Ordered subscribe;

    private @Nullable String @Nullable [] lastTopics;
    private Decision[] lastDecisions = {};

    private RulePermissions(Ordered publish, Ordered retain, Ordered will, Ordered subscribe) {
        this.publish = publish;
        this.retain = retain.isLike(publish) ? null : retain;
        this.will = will;
        this.subscribe = subscribe;
    }

    static RulePermissions of(List<CompiledRule> rules, Client client) {
        Ordered.Builder publish = new Ordered.Builder(Action.PUBLISH);
        Ordered.Builder retain = new Ordered.Builder(Action.RETAIN);
        Ordered.Builder will = new Ordered.Builder(Action.WILL);
        Ordered.Builder subscribe = new Ordered.Builder(Action.SUBSCRIBE);
        for (CompiledRule rule : rules) {
            List<LevelFilter> filters = rule.filters(client);
            publish.add(rule, filters);
            retain.add(rule, filters);
            will.add(rule, filters);
            subscribe.add(rule, filters);
        }
        return new RulePermissions(publish.build(), retain.build(), will.build(), subscribe.build());
    }

    @Override
    public Decision publish(TopicName topicName, boolean retained) {
        String text = topicName.value();
        boolean remember = publish.size() > RULES_FORGOTTEN && text.length() <= REMEMBERED_CHARACTERS_MAX;
        Decision decision = remember ? remembered(text) : published(text);
        if (!retained || !decision.allowed() || retain == null) {
            return decision;
        }
        Decision half = retain.first(text);
        if (half == null) {
            return NO_RETAIN;
        }
        return half.allowed() ? decision : half;
    }

    private Decision published(String topicName) {
        Decision decision = publish.first(topicName);
        return decision == null ? NO_PUBLISH : decision;
    }

    private Decision remembered(String topicName) {
        if (lastTopics == null) {
            lastTopics = new String[REMEMBERED];
            lastDecisions = new Decision[REMEMBERED];
        }
        int length = topicName.length();
        // The topics of one device differ in length or in the last characters.
        int slot = (length + topicName.charAt(length - 1)) & (REMEMBERED - 1);
        if (topicName.equals(lastTopics[slot])) {
            return lastDecisions[slot];
        }
        Decision decision = published(topicName);
        lastTopics[slot] = topicName;
        lastDecisions[slot] = decision;
        return decision;
    }

    @Override
    public Decision will(TopicName topicName, boolean retained) {
        Decision decision = publish(topicName, retained);
        if (!decision.allowed()) {
            return decision;
        }
        Decision half = will.first(topicName.value());
        return half == null ? NO_WILL : half;
    }

    @Override
    public Decision subscribe(TopicFilter filter) {
        return subscribe.whole(LevelFilter.of(filter));
    }
}
