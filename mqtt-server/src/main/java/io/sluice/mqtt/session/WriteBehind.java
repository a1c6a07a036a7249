package io.sluice.mqtt.session;

import io.sluice.mqtt.message.ClientId;
import io.sluice.mqtt.metrics.OldestPending;
import io.sluice.mqtt.port.Loop;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Writes a session's state behind what is sent: cursors and window, soon after they have changed, and now and then of a
 * session that gets nothing. One write at a time. Confined to the session's loop.
 */
final class WriteBehind {

    private static final Logger log = LoggerFactory.getLogger(WriteBehind.class);
    private static final int NOT = -1;
    /** What has changed is written at the latest after this time. */
    private static final Duration DELAY = Duration.ofSeconds(1);
    /** So often the cursors are written of a session that gets nothing: the tail has moved on. */
    private static final Duration REFRESH = Duration.ofMinutes(5);

    private final ClientId clientId;
    private final Loop loop;
    private final Supplier<Mono<Void>> save;
    private final OldestPending unsaved;
    /** Since when something has changed that no write has taken up. */
    private int changedSince = NOT;
    /** Since when something has changed that is being written. */
    private int savingSince = NOT;

    private boolean saving;
    private boolean closed;
    private Loop.@Nullable Timer saveTimer;
    private Loop.@Nullable Timer refreshTimer;

    /**
     * @param save writes what is the state at the time of the call
     * @param unsaved counts what has changed and is not written
     */
    WriteBehind(ClientId clientId, Loop loop, Supplier<Mono<Void>> save, OldestPending unsaved) {
        this.clientId = clientId;
        this.loop = loop;
        this.save = save;
        this.unsaved = unsaved;
    }

    /**
     * Begins to write now and then: nothing that matches for days leaves the cursors where they were; who comes back
     * after a crash would search all of that, and miss what retention has deleted of it, though none of it was for him.
     */
    void start() {
        if (!closed) {
            // Those who have come at once are not written at once.
            Duration spread = Duration.ofMillis(Math.floorMod(clientId.hashCode(), REFRESH.toMillis()));
            refreshTimer = loop.schedule(REFRESH.plus(spread), () -> {
                later();
                start();
            });
        }
    }

    /** Something has changed. */
    void later() {
        if (closed) {
            return;
        }
        if (changedSince == NOT) {
            changedSince = unsaved.begin();
        }
        if (saveTimer == null) {
            saveTimer = loop.schedule(DELAY, this::write);
        }
    }

    private void write() {
        saveTimer = null;
        if (closed) {
            return;
        }
        if (saving) {
            // The log is slow, or away: no second state waits behind the first.
            later();
            return;
        }
        saving = true;
        savingSince = changedSince;
        changedSince = NOT;
        save.get()
                .subscribe(
                        ignored -> {},
                        error -> loop.execute(() -> onSaved(error)),
                        () -> loop.execute(() -> onSaved(null)));
    }

    private void onSaved(@Nullable Throwable error) {
        saving = false;
        if (closed) {
            return;
        }
        if (error == null) {
            forget(savingSince);
        } else {
            // What has changed meanwhile is younger.
            forget(changedSince);
            changedSince = savingSince;
        }
        savingSince = NOT;
        if (error != null) {
            log.atWarn()
                    .addKeyValue("clientId", clientId)
                    .setCause(error)
                    .log("A session's state could not be written, it is tried again");
            later();
        }
    }

    private void forget(int since) {
        if (since != NOT) {
            unsaved.end(since);
        }
    }

    /** Whoever closes writes the last state itself. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        forget(changedSince);
        forget(savingSince);
        if (saveTimer != null) {
            saveTimer.cancel();
        }
        if (refreshTimer != null) {
            refreshTimer.cancel();
        }
    }
}
