package io.sluice.kafka.audit;

import java.util.List;

/**
 * One thing that is to be said of some topics. Immutable.
 *
 * @param weight whether it makes the guarantee weaker
 * @param text what was found, what was expected and what follows, in plain words
 * @param topics which topics, or none when it is true of Kafka as a whole
 */
public record Finding(Weight weight, String text, List<String> topics) {

    private static final int TOPICS_NAMED_MAX = 5;

    /** How much a finding matters. */
    public enum Weight {
        /** The guarantee is weaker than promised. */
        WEAKER,
        /** Worth knowing. */
        NOTE
    }

    public Finding {
        topics = List.copyOf(topics);
    }

    /** The finding with its topics: the first few by name. */
    String line() {
        if (topics.isEmpty()) {
            return text;
        }
        int named = Math.min(TOPICS_NAMED_MAX, topics.size());
        String names = String.join(", ", topics.subList(0, named));
        int more = topics.size() - named;
        return names + (more > 0 ? " and " + more + " more" : "") + ": " + text;
    }
}
