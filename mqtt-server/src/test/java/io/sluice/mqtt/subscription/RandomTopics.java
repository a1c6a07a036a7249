package io.sluice.mqtt.subscription;

import java.util.Random;

/** Random topic names and filters of a few words, with empty levels and '$', so that they match often. */
public final class RandomTopics {

    private final Random random;
    private final int words;

    public RandomTopics(Random random, int words) {
        this.random = random;
        this.words = words;
    }

    public String name() {
        StringBuilder name = new StringBuilder(word(true));
        for (int i = random.nextInt(5); i > 0; i--) {
            name.append('/').append(word(false));
        }
        return name.isEmpty() ? "/" : name.toString();
    }

    public String filter() {
        StringBuilder filter = new StringBuilder(filterLevel(true));
        for (int i = random.nextInt(5); i > 0; i--) {
            filter.append('/').append(filterLevel(false));
        }
        if (random.nextInt(4) == 0) {
            return random.nextInt(4) == 0 ? "#" : filter.append("/#").toString();
        }
        return filter.isEmpty() ? "/" : filter.toString();
    }

    private String filterLevel(boolean first) {
        return random.nextInt(3) == 0 ? "+" : word(first);
    }

    private String word(boolean first) {
        int pick = random.nextInt(10);
        if (pick == 0) {
            return "";
        }
        if (pick == 1) {
            return first ? "$SYS" : "$";
        }
        return "w" + random.nextInt(words);
    }
}
