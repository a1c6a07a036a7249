package io.sluice.mqtt.auth;

/** The rules in force. Safe for all threads; never blocks. */
public interface Authorizer {

    /** Allows everything to everybody: no rule exists. */
    Authorizer OPEN = client -> Permissions.ALL;

    /** What this client may do by the rules of now. Asked anew when the rules have changed. */
    Permissions permissions(Client client);
}
