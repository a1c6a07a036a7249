package io.sluice.app.security.attempts;

/** What an attempt is aimed at; the chapters of the page, in its order. */
enum Area {
    PASSWORDS("Passwords"),
    SCRAM("SCRAM and AUTH"),
    TOKENS("Tokens"),
    CERTIFICATES("Certificates"),
    TLS("TLS"),
    PROXY("PROXY protocol"),
    WEBSOCKET("WebSocket"),
    NAMES("User names and client ids"),
    PUBLISH("Publishing"),
    KAFKA("Kafka topics and headers"),
    SUBSCRIBE("Subscribing"),
    WILLS("Wills and retained messages"),
    SESSIONS("Sessions and revocation"),
    PACKETS("Packets that a client may not send"),
    FILES("Files at the start and while running");

    private final String title;

    Area(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
