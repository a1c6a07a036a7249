package io.sluice.mqtt.auth.rules;

import io.sluice.mqtt.auth.Client;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom a rule is about. What is empty asks for nothing; of what is not, one has to hold. Immutable.
 *
 * @param users user names
 * @param groups of which the client is in one
 * @param clients client ids
 * @param listeners where the client came in
 * @param sources networks that the client came from
 */
public record Conditions(
        Set<String> users, Set<String> groups, Set<String> clients, Set<String> listeners, List<Network> sources) {

    /** Everybody. */
    public static final Conditions NONE = new Conditions(Set.of(), Set.of(), Set.of(), Set.of(), List.of());

    public Conditions {
        users = Set.copyOf(users);
        groups = Set.copyOf(groups);
        clients = Set.copyOf(clients);
        listeners = Set.copyOf(listeners);
        sources = List.copyOf(sources);
    }

    /**
     * Whether they hold for the client.
     *
     * @param unknown the answer for networks when nobody knows any more where the client came from
     */
    boolean hold(Client client, boolean unknown) {
        String userName = client.principal().userName();
        return (users.isEmpty() || (userName != null && users.contains(userName)))
                && (groups.isEmpty()
                        || !Collections.disjoint(groups, client.principal().groups()))
                && (clients.isEmpty() || clients.contains(client.clientId().value()))
                && (listeners.isEmpty() || listeners.contains(client.listener()))
                && (sources.isEmpty() || isFrom(client.source(), unknown));
    }

    private boolean isFrom(@Nullable InetAddress source, boolean unknown) {
        if (source == null) {
            return unknown;
        }
        for (Network network : sources) {
            if (network.contains(source)) {
                return true;
            }
        }
        return false;
    }

    /** Whether they hold wherever the others do, as far as one can tell from the words. */
    boolean include(Conditions others) {
        return includes(users, others.users)
                && includes(groups, others.groups)
                && includes(clients, others.clients)
                && includes(listeners, others.listeners)
                && (sources.isEmpty()
                        || (!others.sources.isEmpty()
                                && others.sources.stream()
                                        .allMatch(other -> sources.stream().anyMatch(mine -> mine.contains(other)))));
    }

    private static boolean includes(Set<String> mine, Set<String> others) {
        return mine.isEmpty() || (!others.isEmpty() && mine.containsAll(others));
    }
}
