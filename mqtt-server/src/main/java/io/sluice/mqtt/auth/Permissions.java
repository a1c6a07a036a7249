package io.sluice.mqtt.auth;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;

/**
 * What one client may do, by the rules as they were when it was asked for. Confined to one thread, so that it may
 * remember its last answers.
 */
public interface Permissions {

    /** Everything: no rule exists. */
    Permissions ALL = new Permissions() {
        @Override
        public Decision publish(TopicName topicName, boolean retain) {
            return new Decision(true, Action.PUBLISH, "no rules");
        }

        @Override
        public Decision will(TopicName topicName, boolean retain) {
            return new Decision(true, Action.WILL, "no rules");
        }

        @Override
        public Decision subscribe(TopicFilter filter) {
            return new Decision(true, Action.SUBSCRIBE, "no rules");
        }
    };

    /** Whether it may publish there, and, with {@code retain}, leave the message as the retained one. */
    Decision publish(TopicName topicName, boolean retain);

    /** Whether its will may be published there: {@link #publish} holds as well. */
    Decision will(TopicName topicName, boolean retain);

    /**
     * Whether it may subscribe: to every topic that the filter matches, or not at all. A shared subscription is asked
     * for as the filter inside it.
     */
    Decision subscribe(TopicFilter filter);
}
