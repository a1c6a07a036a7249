package io.sluice.app.it.client;

/** A message as a client library hands it to its application. */
public record Delivered(String topic, String payload, int qos) {}
