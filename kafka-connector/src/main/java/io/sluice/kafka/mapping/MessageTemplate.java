package io.sluice.kafka.mapping;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.message.Message;

/** Text of what a rule's filter captures of a topic, and of the client. Immutable. */
public final class MessageTemplate {

    private final RuleFilter filter;
    private final TextTemplate template;

    private MessageTemplate(RuleFilter filter, TextTemplate template) {
        this.filter = filter;
        this.template = template;
    }

    /**
     * The template.
     *
     * @param what the field's name, for the message
     * @param filter of the rule
     * @throws IllegalArgumentException with what was found and what was expected
     */
    public static MessageTemplate of(String what, String filter, String text) {
        RuleFilter parsed = RuleFilter.parse(filter);
        return new MessageTemplate(parsed, TextTemplate.of(what, parsed, text));
    }

    /** The text for a message whose topic the rule's filter matches. */
    public String render(Message message) {
        ClientId client = message.publisher();
        return template.render(
                message.topicName().levels(), filter.levels().size(), client == null ? "" : client.value());
    }
}
