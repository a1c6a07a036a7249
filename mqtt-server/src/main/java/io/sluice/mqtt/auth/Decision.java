package io.sluice.mqtt.auth;

/**
 * The answer of the rules.
 *
 * @param action what is denied, if it is: of a publication with RETAIN 1 either half may be
 * @param rule which rule has decided, for the operator: {@code authorization[2]}, or why none has
 */
public record Decision(boolean allowed, Action action, String rule) {}
