package io.sluice.mqtt.connection;

import io.sluice.mqtt.auth.Authorizer;
import io.sluice.mqtt.auth.Client;
import io.sluice.mqtt.auth.Decision;
import io.sluice.mqtt.auth.Permissions;
import io.sluice.mqtt.auth.Principal;
import io.sluice.mqtt.message.Message;
import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import io.sluice.mqtt.port.WillOwner;
import java.net.InetAddress;

/** What the rules allow to the client of one connection. Confined to its loop. */
final class Access {

    private final Authorizer authorizer;
    private final AccessMeters meters;
    private Client client;
    private Permissions permissions;

    Access(Authorizer authorizer, AccessMeters meters, Client client) {
        this.authorizer = authorizer;
        this.meters = meters;
        this.client = client;
        this.permissions = authorizer.permissions(client);
    }

    Client client() {
        return client;
    }

    Permissions permissions() {
        return permissions;
    }

    /** The client as its will remembers it. */
    WillOwner willOwner() {
        InetAddress source = client.source();
        return new WillOwner(
                client.principal().userName(),
                client.principal().groups(),
                client.listener(),
                source == null ? null : source.getHostAddress());
    }

    /** The rules have changed. */
    void renew() {
        permissions = authorizer.permissions(client);
    }

    /** The client has proved anew who it is. */
    void renew(Principal principal) {
        client = new Client(client.clientId(), principal, client.listener(), client.source());
        renew();
    }

    boolean mayPublish(TopicName topicName, boolean retain) {
        return permissions == Permissions.ALL || decided(permissions.publish(topicName, retain), topicName.value());
    }

    /** Whether the will may be left. */
    boolean mayLeave(Message will) {
        return permissions == Permissions.ALL
                || decided(
                        permissions.will(will.topicName(), will.retain()),
                        will.topicName().value());
    }

    boolean maySubscribe(TopicFilter filter) {
        return permissions == Permissions.ALL || decided(permissions.subscribe(filter), filter.value());
    }

    private boolean decided(Decision decision, String topic) {
        meters.decided(client, decision, topic);
        return decision.allowed();
    }
}
