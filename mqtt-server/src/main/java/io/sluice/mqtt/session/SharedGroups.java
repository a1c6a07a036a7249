package io.sluice.mqtt.session;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.port.Loop;
import io.sluice.mqtt.port.SessionStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The groups of this instance that share subscriptions, each on a loop of its own. Safe for all threads: what is asked of a
 * group is done on its loop, in the order in which a thread asks.
 */
final class SharedGroups {

    /** No client id begins so: in the store a group stands among the sessions, under its filter. */
    static final String PREFIX = "$share/";

    private final List<Loop> loops;
    private final SessionStore store;
    private final SessionContext context;
    private final SharedMeters meters;
    /** Groups come and go on their own loops alone. */
    private final Map<TopicFilter, SharedGroup> groups = new ConcurrentHashMap<>();

    /**
     * @param loops where groups live, each on the one that its filter says
     */
    SharedGroups(List<Loop> loops, SessionStore store, SessionContext context, MeterRegistry registry) {
        this.loops = List.copyOf(loops);
        this.store = store;
        this.context = context;
        this.meters = new SharedMeters(registry);
    }

    SharedMeters meters() {
        return meters;
    }

    /**
     * A session takes messages of the group, which begins if it is not there.
     *
     * @param expirySeconds how long the session outlives its connection
     * @param then told, on the group's loop, when the session is a member
     */
    void join(TopicFilter filter, SharedGroup.Member member, long expirySeconds, Runnable then) {
        with(filter, true, group -> group.join(member, expirySeconds, then));
    }

    /** A session takes no more; its subscription outlives it for as long as this says. */
    void leave(TopicFilter filter, SharedGroup.Member member, long expirySeconds) {
        with(filter, false, group -> group.leave(member, expirySeconds));
    }

    /** The session of a client that is not connected has ended before its time. */
    void forget(TopicFilter filter, ClientId clientId) {
        with(filter, true, group -> group.forget(clientId));
    }

    private void with(TopicFilter filter, boolean begins, Consumer<SharedGroup> task) {
        Loop loop = loops.get(Math.floorMod(filter.hashCode(), loops.size()));
        loop.execute(() -> {
            SharedGroup known = groups.get(filter);
            if (known == null && !begins) {
                return;
            }
            SharedGroup group = known == null ? begin(filter, loop) : known;
            // Behind what was posted to it before: a message that was finished is no other member's.
            group.post(() -> {
                if (group.isClosed()) {
                    with(filter, begins, task);
                } else {
                    task.accept(group);
                }
            });
        });
    }

    private SharedGroup begin(TopicFilter filter, Loop loop) {
        meters.groups(1);
        SharedGroup group = new SharedGroup(filter, loop, store, context, meters, () -> {
            meters.groups(-1);
            groups.remove(filter);
        });
        groups.put(filter, group);
        group.open();
        return group;
    }
}
