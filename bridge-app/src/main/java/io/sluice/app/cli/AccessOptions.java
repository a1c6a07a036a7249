package io.sluice.app.cli;

import io.sluice.app.config.SluiceConfig;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.auth.rules.Network;
import io.sluice.mqtt.message.ClientId;
import java.net.InetAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whom the rules of who may do what are asked about. Filled by picocli. */
final class AccessOptions {

    @Option(
            names = {"--as", "--user"},
            paramLabel = "USER",
            description = "The user name; nobody in particular when not given.")
    private @Nullable String user;

    @Option(names = "--client", paramLabel = "ID", description = "The client id.")
    private @Nullable String client;

    @Option(names = "--group", paramLabel = "GROUP", description = "A group of the user; may be given several times.")
    private String[] groups = {};

    @Option(names = "--listener", paramLabel = "NAME", description = "Where the client comes in; the first by default.")
    private @Nullable String listener;

    @Option(names = "--source", paramLabel = "IP", description = "The client's address; unknown when not given.")
    private @Nullable String source;

    /** The client id that was given, if one was. */
    @Nullable
    String clientId() {
        return client;
    }

    /** Whether anybody was named. */
    boolean isGiven() {
        return user != null || client != null || groups.length > 0 || listener != null || source != null;
    }

    /**
     * Who asks.
     *
     * @throws IllegalArgumentException with what was found and what was expected
     */
    Client client(SluiceConfig config) {
        Set<String> listeners = config.listeners().keySet();
        String name = listener == null ? listeners.iterator().next() : listener;
        if (!listeners.contains(name)) {
            throw new IllegalArgumentException(
                    "--listener: \"" + name + "\" (expected: one of " + String.join(", ", listeners) + ")");
        }
        InetAddress address = source == null ? null : Network.parseAddress(source);
        Principal principal = new Principal(user, Set.of(groups), Principal.NEVER);
        // Without one no rule with %c allows anything, as none can be told.
        return new Client(new ClientId(client == null ? "" : client), principal, name, address);
    }

    /** The client, for people. */
    static String shown(Client client) {
        Principal principal = client.principal();
        String clientId = client.clientId().value();
        InetAddress source = client.source();
        return (principal.userName() == null ? "nobody in particular" : "user " + principal.userName())
                + (principal.groups().isEmpty() ? "" : ", groups " + String.join(", ", principal.groups()))
                + (clientId.isEmpty() ? ", no client id" : ", client id " + clientId)
                + ", listener " + client.listener()
                + (source == null ? ", from an unknown address" : ", from " + source.getHostAddress());
    }
}
