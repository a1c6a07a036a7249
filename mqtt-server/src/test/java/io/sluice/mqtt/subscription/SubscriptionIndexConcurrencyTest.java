package io.sluice.mqtt.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mqtt.message.TopicFilter;
import io.sluice.mqtt.message.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class SubscriptionIndexConcurrencyTest {

    private static final int WRITES = 150_000;
    private static final List<String> LASTING = List.of("a/b/c", "a/+/c", "a/#", "+/b/#", "a/b/+");

    private final SubscriptionIndex<String> index = new SubscriptionIndex<>();

    @Test
    void whatIsThereAllTheTimeIsFoundOnceInEachMatch() throws Exception {
        for (String filter : LASTING) {
            index.add(TopicFilter.of(filter), "lasting " + filter);
        }
        AtomicBoolean writing = new AtomicBoolean(true);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> readers = new ArrayList<>();
            readers.add(threads.submit(() -> readUntilWritten(writing)));
            readers.add(threads.submit(() -> readUntilWritten(writing)));
            Future<?> first = threads.submit(() -> write(1));
            Future<?> second = threads.submit(() -> write(2));
            first.get(50, TimeUnit.SECONDS);
            second.get(50, TimeUnit.SECONDS);
            writing.set(false);
            for (Future<Integer> reader : readers) {
                assertThat(reader.get(50, TimeUnit.SECONDS)).isPositive();
            }
        } finally {
            writing.set(false);
            threads.shutdownNow();
        }
        assertThat(index.size()).isEqualTo(LASTING.size());
        LASTING.forEach(filter -> index.remove(TopicFilter.of(filter), "lasting " + filter));
        assertThat(index.isEmpty()).isTrue();
    }

    /** Adds and removes around the lasting ones: the same nodes, their siblings, from few to many and back. */
    private void write(int writer) {
        Random random = new Random(writer);
        List<Runnable> undo = new ArrayList<>();
        for (int i = 0; i < WRITES; i++) {
            if (undo.size() > 40 || (!undo.isEmpty() && random.nextBoolean())) {
                undo.remove(random.nextInt(undo.size())).run();
            } else {
                TopicFilter filter = TopicFilter.of(filter(random));
                String subscription = "writer " + writer + "/" + i;
                index.add(filter, subscription);
                undo.add(() -> index.remove(filter, subscription));
            }
        }
        undo.forEach(Runnable::run);
    }

    private static String filter(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> LASTING.get(random.nextInt(LASTING.size()));
            case 1 -> "a/w" + random.nextInt(20) + "/c";
            case 2 -> "a/b/w" + random.nextInt(20);
            case 3 -> "a/b/c/#";
            case 4 -> "+/+/+";
            default -> "w" + random.nextInt(20) + "/#";
        };
    }

    private int readUntilWritten(AtomicBoolean writing) {
        TopicName name = TopicName.of("a/b/c");
        int matches = 0;
        do {
            List<String> lasting = new ArrayList<>();
            index.match(name, each -> {
                if (each.startsWith("lasting")) {
                    lasting.add(each);
                }
            });
            assertThat(lasting).hasSize(LASTING.size()).doesNotHaveDuplicates();
            matches++;
        } while (writing.get());
        return matches;
    }
}
