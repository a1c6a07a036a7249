package io.sluice.mqtt.auth;

/** What a rule may allow or deny. */
public enum Action {
    PUBLISH("publish"),
    SUBSCRIBE("subscribe"),
    /** To publish with RETAIN 1, besides the publishing itself. */
    RETAIN("retain"),
    /** To leave a will, besides the publishing itself. */
    WILL("will");

    private final String id;

    Action(String id) {
        this.id = id;
    }

    /** As it is written in rules, and the label of {@code sluice_authorization_denied_total}. */
    public String id() {
        return id;
    }
}
