package io.sluice.mqtt.auth.jwt;

/** Where in CONNECT the token is. */
public enum TokenField {
    PASSWORD,
    USER_NAME
}
