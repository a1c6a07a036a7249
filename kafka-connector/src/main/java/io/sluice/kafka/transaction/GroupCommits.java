package io.sluice.kafka.transaction;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Producer;

/** A few transactional producers, over which the clients are spread. Safe for all threads. */
public final class GroupCommits implements AutoCloseable {

    /** Each commits by itself: two, so that one that waits for Kafka does not hold up all. */
    private static final int COUNT = 2;

    private final List<GroupCommit> commits = new ArrayList<>();

    /**
     * @param producers makes the producer with this number, always with the same transactional id
     * @param fence asked when another has taken a transactional id over
     */
    public GroupCommits(
            IntFunction<Producer<byte[], byte[]>> producers, GroupCommit.Fence fence, TransactionMeters meters) {
        for (int i = 0; i < COUNT; i++) {
            int number = i;
            commits.add(new GroupCommit("commit-" + i, () -> producers.apply(number), fence, meters));
        }
    }

    /** The transactional ids of an instance, in the order of their numbers. */
    public static List<String> transactionalIds(String prefix, String instance) {
        return IntStream.range(0, COUNT)
                .mapToObj(number -> prefix + "-" + instance + "-" + number)
                .toList();
    }

    /** Starts; completes when nothing is open any more that earlier producers with these transactional ids had begun. */
    public CompletionStage<Void> start() {
        CompletableFuture<?>[] ready = commits.stream()
                .map(GroupCommit::start)
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(ready);
    }

    /** Takes a message; those of one client always go the same way. */
    public void submit(int spread, GroupCommit.Item item) {
        commits.get(Math.floorMod(spread, commits.size())).submit(item);
    }

    /** Messages that wait for a transaction. */
    public int pending() {
        return commits.stream().mapToInt(GroupCommit::pending).sum();
    }

    /** Waits a little until what was taken is written. */
    public void close(Duration timeout) {
        commits.forEach(GroupCommit::close);
        commits.forEach(commit -> commit.join(timeout));
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(1));
    }
}
