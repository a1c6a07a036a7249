package io.sluice.kafka.mapping;

/**
 * What is wrong with a rule beyond its form.
 *
 * @param error true when the rules cannot be used, false for a warning
 * @param ingress whether it is an ingress rule
 * @param index the rule's place in its list, from 0
 * @param field filter, topic, key, headers.NAME, …, or "" for the rule as a whole
 * @param message what was found and what was expected
 */
public record RuleProblem(boolean error, boolean ingress, int index, String field, String message) {}
